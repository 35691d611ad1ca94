import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder } from '../../bundle/bundle.ts';
import { runnerNixEnv } from '../../provision/runner-nix.ts';
import type { BenchFlake } from './flakes.ts';
import type { Site } from './site.ts';

/** What a whole process took. */
export interface Measured {
  readonly seconds: number;
  /** Largest resident set, of the process itself. */
  readonly peakBytes: number;
  readonly output: string;
}

/** The action, as a runner starts it. */
export function runAction(
  site: Pick<Site, 'key' | 'knownHosts' | 'machineLines'>,
  flake: BenchFlake,
  inputs: Record<string, string> = {},
): Promise<Measured> {
  const variables = {
    flake: '.',
    builders: site.machineLines,
    ssh_key: site.key,
    known_hosts: site.knownHosts,
    artifact_prefix: 'bench',
    ...inputs,
  };
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text]),
  );
  return measure([process.execPath, join(distFolder, 'index.js')], flake.folder, environment);
}

/** Nix's own distributed builds: its build hook. */
export function runHook(site: Site, flake: BenchFlake): Promise<Measured> {
  const options = ['--no-link', '--max-jobs', '0', '--builders', site.stock.machineLines];
  return measure(['nix', 'build', ...options, ...installables(flake)], flake.folder, site.stock.environment);
}

/** One remote store that does everything. */
export function runRemoteStore(site: Site, flake: BenchFlake): Promise<Measured> {
  const options = ['--no-link', '--eval-store', 'auto', '--store', site.stock.storeUris[0] ?? ''];
  return measure(['nix', 'build', ...options, ...installables(flake)], flake.folder, site.stock.environment);
}

/** What `nix build` is asked for: every build of the flake. */
export function installables({ attributes }: BenchFlake): string[] {
  return attributes.map((name) => `.#checks.x86_64-linux.${name}`);
}

/** Runs a command to its end; throws with its output when it fails. */
export async function measure(
  [program = '', ...args]: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<Measured> {
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...runnerNixEnv(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = highWaterBytes(child.pid) ?? peakBytes;
  }, 20);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = await once(child, 'close');
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}:\n${output.slice(-4000)}`);
  return { seconds, peakBytes, output };
}

/** The largest resident set that a process has had so far, as Linux keeps it. */
function highWaterBytes(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}
