import type { Credentials } from '../builders/credentials.ts';
import type { Inputs } from './inputs.ts';

/** What it takes to log in to builders, from the inputs. Secret. */
export function credentialsOf({ sshKey, knownHosts, limits }: Inputs): Credentials {
  return { privateKey: sshKey, knownHosts, keepaliveMs: limits.keepaliveMs };
}
