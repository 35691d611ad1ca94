import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { mustRun } from './command.ts';
import type { ToolsOutcome } from './tools.ts';

/** A server that answers as GitHub's own description of its API says, and refuses what the description forbids. */
export interface GithubApiTool {
  /** Script for Node 24. */
  readonly server: string;
  /** OpenAPI document that has only {@link PATHS}. */
  readonly description: string;
}

// 460 MB while it is installed and 75 afterwards: too much for everybody who runs npm ci.
const PACKAGES = ['@stoplight/prism-cli@5.16.0', '@octokit/openapi@23.0.2'];
const PATHS = ['/repos/{owner}/{repo}/check-runs', '/repos/{owner}/{repo}/check-runs/{check_run_id}'];

function toolFolder(): string {
  const recipe = createHash('sha256')
    .update([...PACKAGES, ...PATHS].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return join(cacheFolder(), `github-api-${recipe}`);
}

/** Undefined when {@link ensureGithubApi} has not brought it yet. */
export function findGithubApi(): GithubApiTool | undefined {
  const folder = toolFolder();
  if (!existsSync(folder)) return undefined;
  return {
    server: join(folder, 'node_modules', '@stoplight', 'prism-cli', 'dist', 'index.js'),
    description: join(folder, 'check-runs.json'),
  };
}

/** Installs the server and the part of the description that is used into the cache folder, once. */
export async function ensureGithubApi(log: (line: string) => void): Promise<ToolsOutcome> {
  if (findGithubApi() !== undefined) return { ok: true };
  log(`installing ${PACKAGES.join(' and ')}`);
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'github-api-new-'));
  try {
    await install(folder);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function install(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await mustRun(['npm', 'install', ...options, ...PACKAGES], { cwd: folder });
  const octokit = join(folder, 'node_modules', '@octokit', 'openapi');
  const text = await readFile(join(octokit, 'generated', 'api.github.com.deref.json'), 'utf8');
  const whole = JSON.parse(text) as { readonly paths: Readonly<Record<string, unknown>> };
  const paths = Object.fromEntries(PATHS.map((path) => [path, whole.paths[path]]));
  await writeFile(join(folder, 'check-runs.json'), JSON.stringify({ ...whole, paths }));
  await rm(octokit, { recursive: true });
  await rm(toolFolder(), { recursive: true, force: true });
  await rename(folder, toolFolder());
}
