import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HostOptions } from './host-options.ts';
import { makeKeyPair } from './keys.ts';
import type { KeyPair } from './keys.ts';

const DEFAULT_MAX_JOBS = 4;

/** `max-jobs` of a host. */
export const maxJobsOf = (options: HostOptions): number => options.maxJobs ?? DEFAULT_MAX_JOBS;

/**
 * Writes the files that make a host this host into the writable layer over the tree,
 * and returns its host keys, the first kind first.
 */
export async function seedHost(
  upperFolder: string,
  options: HostOptions,
  clientLine: string,
): Promise<readonly [KeyPair, ...KeyPair[]]> {
  const [firstType = 'ed25519', ...otherTypes] = options.hostKeyTypes ?? ['ed25519'];
  const types = [firstType, ...otherTypes];
  const keys: [KeyPair, ...KeyPair[]] = [makeKeyPair(firstType), ...otherTypes.map(makeKeyPair)];
  const write = async (path: string, text: string, mode = 0o644): Promise<void> => {
    const file = join(upperFolder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    await writeFile(file, text, { mode });
  };
  const keyFile = (type: string): string => `etc/ssh/ssh_host_${type}_key`;
  await Promise.all([
    write('etc/nix/nix.conf', nixConf(options)),
    write('etc/ssh/sshd_config', sshdConfig(options, types.map(keyFile))),
    write('etc/ssh/authorized_keys', `${clientLine}\n`),
    ...keys.map((pair, index) => write(keyFile(types[index] ?? firstType), pair.privateKey, 0o600)),
    // Debian's bash reads this file for the commands of sshd, whoever the account is.
    ...(options.shellRc === undefined ? [] : [write('etc/bash.bashrc', options.shellRc)]),
  ]);
  return keys;
}

function nixConf(options: HostOptions): string {
  const lines = [
    // Nix makes a cgroup for a build only when it sandboxes the build.
    `sandbox = ${options.cgroups === true}`,
    'build-users-group = nixbld',
    `max-jobs = ${maxJobsOf(options)}`,
    'cores = 1',
    'trusted-users = root builder',
    'substituters =',
    'keep-build-log = true',
    `experimental-features = nix-command flakes ca-derivations${options.cgroups === true ? ' cgroups' : ''}`,
    ...(options.cgroups === true ? ['use-cgroups = true'] : []),
    ...(options.system === undefined ? [] : [`system = ${options.system}`]),
    ...(options.extraPlatforms === undefined
      ? []
      : [`extra-platforms = ${options.extraPlatforms.join(' ')}`]),
    ...(options.systemFeatures === undefined
      ? []
      : [`system-features = ${options.systemFeatures.join(' ')}`]),
    ...(options.nixConf ?? []),
  ];
  return `${lines.join('\n')}\n`;
}

function sshdConfig(options: HostOptions, keyFiles: readonly string[]): string {
  const lines = [
    ...(options.sshdConfig ?? []),
    ...keyFiles.map((file) => `HostKey /${file}`),
    'AuthorizedKeysFile /etc/ssh/authorized_keys',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    // A test with a wrong key must not lock out the test after it (OpenSSH 9.8 and newer).
    ...(options.nix === '2.8.0' ? [] : ['PerSourcePenalties no']),
  ];
  return `${lines.join('\n')}\n`;
}
