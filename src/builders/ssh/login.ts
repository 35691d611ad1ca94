import type { HostTrust } from '../known-hosts/verify-host-key.ts';
import type { PrivateKey } from './private-key.ts';

/** Everything that one SSH connection needs to come about. */
export interface SshLogin {
  /** The builder's, in every error. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Undefined: the host has to let us in by the user's name alone. */
  readonly key: PrivateKey | undefined;
  readonly trust: HostTrust;
  readonly connectTimeoutMs: number;
  readonly keepaliveMs: number;
  readonly compress: boolean;
}
