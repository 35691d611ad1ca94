import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Credentials } from '../../../src/builders/credentials.ts';
import type { Farm } from '../farm/farm.ts';

/** A home folder in which nothing is, in place of that of whoever runs the tests. */
export interface EmptyHome extends AsyncDisposable {
  readonly folder: string;
  /** Takes back what a test has said of ssh in the environment. */
  forgetSettings(): void;
}

/** Makes it HOME; neither options of ssh nor an agent come from the environment. */
export async function enterEmptyHome(): Promise<EmptyHome> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-home-'));
  const forgetSettings = (): void => {
    vi.stubEnv('NIX_SSHOPTS', undefined);
    vi.stubEnv('SSH_AUTH_SOCK', undefined);
  };
  vi.stubEnv('HOME', folder);
  forgetSettings();
  return {
    folder,
    forgetSettings,
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    },
  };
}

/** What it takes to log in to all hosts of a farm, with this text for a configuration of ssh. */
export function credentialsOf(
  farm: Farm,
  sshConfig: string,
  changes: Partial<Credentials> = {},
): Credentials {
  const knownHosts = farm.hosts.map(({ knownHostsLine }) => knownHostsLine).join('\n');
  return { privateKey: farm.clientKey, knownHosts, connectTimeoutMs: 10_000, sshConfig, ...changes };
}
