import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../provision/command.ts';

/** A flake made for one measurement: nothing in it was ever built before. */
export interface BenchFlake {
  readonly folder: string;
  /** Attributes below `checks.x86_64-linux`. */
  readonly attributes: readonly string[];
}

/** A build: what it runs, and the builds whose outputs it reads, by their index. */
export interface BenchBuild {
  readonly script: string;
  readonly inputs?: readonly number[];
}

/** Writes a flake of such builds, as a git repository, with a nonce in every one. */
export async function writeFlake(parent: string, builds: readonly BenchBuild[]): Promise<BenchFlake> {
  const nonce = randomBytes(6).toString('hex');
  const folder = join(parent, nonce);
  await mkdir(folder, { recursive: true });
  const bindings = builds.map(({ script, inputs = [] }, index) => {
    const reads = inputs.map((input) => `\${b${input}}`).join(' ');
    return `b${index} = derivation {
      name = "bench-${index}"; system = "x86_64-linux"; builder = "/bin/sh";
      args = [ "-c" "${script}" ]; nonce = "${nonce}"; reads = "${reads}";
    };`;
  });
  const names = builds.map((_, index) => `b${index}`);
  await writeFile(
    join(folder, 'flake.nix'),
    `{ outputs = { self }: { checks.x86_64-linux = let ${bindings.join('\n')} in { inherit ${names.join(' ')}; }; }; }\n`,
  );
  await mustRun(['git', 'init', '-q', folder]);
  await mustRun(['git', '-C', folder, 'add', '-A']);
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  await mustRun(['git', '-C', folder, ...author, 'commit', '-qm', 'bench']);
  return { folder, attributes: names };
}

/** Builds that do nothing, so that only overhead is left. */
export function trivialBuilds(count: number): BenchBuild[] {
  return Array.from({ length: count }, () => ({ script: 'echo > $out' }));
}

/** Layers of such builds, each of which reads two of the layer before. */
export function layeredBuilds(layers: number, width: number): BenchBuild[] {
  return Array.from({ length: layers * width }, (_, index) => {
    const before = index - (index % width) - width;
    return before < 0
      ? { script: 'echo > $out' }
      : { script: 'echo > $out', inputs: [before + (index % width), before + ((index + 1) % width)] };
  });
}
