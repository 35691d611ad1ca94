import { existsSync } from 'node:fs';
import { findExecutable, mustRun, runCommand } from './command.ts';

/** A program or file that the farm and the demo need, and the Debian package that brings it. */
interface Requirement {
  readonly package: string;
  readonly present: () => boolean;
}

/** Whether system packages are there, and if not, what a person has to do. */
export type PackagesOutcome =
  | { readonly kind: 'present' }
  | { readonly kind: 'installed'; readonly packages: readonly string[] }
  | { readonly kind: 'missing'; readonly packages: readonly string[]; readonly instruction: string };

const program = (name: string, debianPackage: string): Requirement => ({
  package: debianPackage,
  present: () => findExecutable(name) !== undefined,
});

const REQUIREMENTS: readonly Requirement[] = [
  program('nix', 'nix-bin'),
  program('ssh', 'openssh-client'),
  program('git', 'git'),
  program('ip', 'iproute2'),
  program('ps', 'procps'),
  program('unshare', 'util-linux'),
  program('xz', 'xz-utils'),
  program('mmdebstrap', 'mmdebstrap'),
  {
    package: 'debian-archive-keyring',
    present: () => existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
  },
];

/** The Debian packages that this machine still lacks; a few file checks, no apt. */
export function missingPackages(): readonly string[] {
  return REQUIREMENTS.filter((requirement) => !requirement.present()).map((r) => r.package);
}

/**
 * Installs what is missing with apt, as root or with a sudo that asks nothing.
 * Where that can't be done it changes nothing and says exactly what to install.
 */
export async function ensurePackages(log: (line: string) => void): Promise<PackagesOutcome> {
  const packages = missingPackages();
  if (packages.length === 0) return { kind: 'present' };
  if (findExecutable('apt-get') === undefined) {
    const instruction = `this system has no apt; install what these Debian packages hold: ${packages.join(' ')}`;
    return { kind: 'missing', packages, instruction };
  }
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    const instruction = `run: sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
    return { kind: 'missing', packages, instruction };
  }
  log(`installing ${packages.join(' ')}`);
  await install(prefix, packages);
  return { kind: 'installed', packages };
}

/** What to put before a command so that it runs as root: nothing, or sudo; undefined when neither works. */
export async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  if (findExecutable('sudo') === undefined) return undefined;
  const probe = await runCommand(['sudo', '-n', 'true']);
  return probe.code === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * Installs Debian packages as root or with a sudo that asks nothing.
 *
 * @throws Error that says what to run where neither is possible
 */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const prefix = findExecutable('apt-get') === undefined ? undefined : await rootPrefix();
  if (prefix === undefined) {
    throw new Error(`expected to be able to install packages; install by hand: ${packages.join(' ')}`);
  }
  await install(prefix, packages);
}

async function install(prefix: readonly string[], packages: readonly string[]): Promise<void> {
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y'];
  const command = [...apt, 'install', '--no-install-recommends', ...packages];
  // Package lists may be absent or stale on a fresh machine; fetching them costs seconds, so only after a failure.
  const first = await runCommand(command);
  if (first.code === 0) return;
  await mustRun([...apt, 'update']);
  await mustRun(command);
}
