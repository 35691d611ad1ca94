import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun } from '../../../scripts/provision/command.ts';
import { treeFolder, type NixVersion } from '../../../scripts/provision/trees.ts';
import { evaluateFlake } from '../../../src/flake/evaluate.ts';
import type { EvaluationEvent, EvaluationFailure, Job } from '../../../src/flake/job.ts';
import type { EvaluateOptions } from '../../../src/flake/options.ts';

/** What an evaluation yielded. */
export interface Evaluated {
  readonly events: readonly EvaluationEvent[];
  readonly jobs: readonly Job[];
  readonly failures: readonly EvaluationFailure[];
}

/** A Nix of one version with a store of its own, and a folder for flakes that it sees as `/mnt`. */
export class VersionedNix implements AsyncDisposable {
  readonly program: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.program = join(folder, 'nix');
  }

  static async create(version: NixVersion): Promise<VersionedNix> {
    const folder = await mkdtemp(join(tmpdir(), `nix-${version}-`));
    const nix = new VersionedNix(folder);
    await Promise.all(['root', 'store', 'flakes'].map((name) => mkdir(join(folder, name))));
    // Mounts live and die with each process. Every command is executed in place, so a process id is that of Nix. A mere
    // chroot would not do: Nix 2.8 runs git in the mount namespace's own root.
    await writeFile(
      nix.program,
      `#!/bin/sh
exec unshare --mount sh -ec '
  cd "${folder}"
  mount --rbind "${treeFolder(version)}" root
  mount --bind store root/nix
  mount --bind flakes root/mnt
  mount -t proc proc root/proc
  mount --rbind /dev root/dev
  mount -t tmpfs tmpfs root/root
  mount -t tmpfs tmpfs root/tmp
  cd root
  pivot_root . media
  umount -l /media
  exec nix "$@"' sh "$@"
`,
    );
    await chmod(nix.program, 0o755);
    return nix;
  }

  /** Writes a file of a flake, `a/flake.nix` for instance, and returns the path that Nix sees. */
  async write(path: string, text: string): Promise<string> {
    const outside = join(this.#folder, 'flakes', path);
    await mkdir(dirname(outside), { recursive: true });
    await writeFile(outside, text);
    return join('/mnt', path);
  }

  /** Runs git in a folder of flakes. */
  async git(path: string, ...words: readonly string[]): Promise<void> {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    const folder = join(this.#folder, 'flakes', path);
    await mustRun(['git', '-C', folder, ...identity, ...words], { env: { PATH: process.env['PATH'] ?? '' } });
  }

  /** Runs Nix and returns what it prints. */
  async run(...words: readonly string[]): Promise<string> {
    const { PATH = '', NIX_CONFIG = '' } = this.environment;
    const text = await mustRun([this.program, ...words], { env: { PATH, NIX_CONFIG, HOME: '/root' } });
    return text.trim();
  }

  /** The path of the `.drv` file that `nix build` would build. */
  async derivationOf(reference: string, path: readonly string[]): Promise<string> {
    const attributes = path.map((name) => `"${name}"`).join('.');
    return this.run('path-info', '--derivation', `${reference}#${attributes}`);
  }

  /** Evaluates to the end; `onEvent` sees each event when it comes. */
  async evaluate(
    flake: string,
    options: Partial<EvaluateOptions> = {},
    onEvent: (event: EvaluationEvent) => void = () => undefined,
  ): Promise<Evaluated> {
    const events: EvaluationEvent[] = [];
    const all: EvaluateOptions = {
      flake,
      directory: this.#folder,
      topAttrs: ['checks', 'packages'],
      systems: undefined,
      filter: 'true',
      label: '.attr',
      nixArgs: [],
      nixConf: '',
      workers: 2,
      nixProgram: this.program,
      environment: this.environment,
      ...options,
    };
    for await (const event of evaluateFlake(all)) {
      events.push(event);
      onEvent(event);
    }
    return {
      events,
      jobs: events.flatMap((event) => (event.kind === 'job' ? [event.job] : [])),
      failures: events.flatMap((event) => (event.kind === 'failure' ? [event.failure] : [])),
    };
  }

  get environment(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: '/root',
      NIX_CONFIG:
        'experimental-features = nix-command flakes\nsandbox = false\nsubstituters =\nbuild-users-group =',
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
