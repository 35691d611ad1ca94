import type { HostTrust } from '../known-hosts/verify-host-key.ts';
import type { HostKeyChecking } from '../credentials.ts';
import type { Identity } from './identities.ts';

/** Everything that one SSH connection needs to come about. */
export interface SshLogin {
  /** The builder's, in every error. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Tried in this order. None: the host has to let us in by the user's name alone. */
  readonly identities: readonly Identity[];
  readonly trust: HostTrust;
  readonly checking: HostKeyChecking;
  /** Is told of a key that nobody vouches for, as a line of known_hosts, where keys are not checked. */
  readonly onUnchecked: ((host: string, line: string) => void) | undefined;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly compress: boolean;
  /** The host that this one is reached from; undefined: from here. */
  readonly via: SshLogin | undefined;
}
