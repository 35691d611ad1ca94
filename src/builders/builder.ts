import type { HostKey } from './known-hosts/host-key.ts';

/** Where a builder's daemon is found. */
export type BuilderAddress =
  /** By SSH, whatever the URI's scheme: `ssh://` is served by the daemon protocol too. */
  | {
      readonly kind: 'ssh';
      /** Undefined: the user who runs us, as ssh does. */
      readonly user: string | undefined;
      /** Name or address; an IPv6 address without brackets. */
      readonly host: string;
      /** Undefined: as the SSH configuration says, 22 where it says nothing. */
      readonly port: number | undefined;
    }
  /** The machine that runs us, by whatever way its daemon can be reached. */
  | { readonly kind: 'local' }
  | { readonly kind: 'unix'; readonly socketPath: string };

/** How much of a graph a builder takes at a time (see `Granularity` of the schedule). */
export type BuilderGranularity = 'derivation' | 'closure';

/** What the URI's parameters say, of those that mean something to us (protocol §13.3). */
export interface BuilderParameters {
  /** Words of the command that stands in for `nix-daemon`. */
  readonly remoteProgram: readonly string[] | undefined;
  /** Store that the far daemon opens, its `--store`. */
  readonly remoteStore: string | undefined;
  readonly compress: boolean;
  /** SSH connections at most; undefined: as many as the slots need. */
  readonly maxConnections: number | undefined;
  /** What to believe where the daemon does not say whether it trusts us. */
  readonly trusted: boolean | undefined;
  /** Undefined: derivation by derivation where the daemon trusts us, whole closures elsewhere. */
  readonly granularity: BuilderGranularity | undefined;
}

/** A machine that builds: one machine line (protocol §13.2). */
export interface Builder {
  /** For people; no other builder of the run has it. */
  readonly name: string;
  /** As it was written. */
  readonly uri: string;
  readonly address: BuilderAddress;
  /** Empty: those that the builder itself names. */
  readonly systems: readonly string[];
  /** Private key file on the runner. */
  readonly keyFile: string | undefined;
  /** Undefined: 1, or on this machine as many as it has cores. */
  readonly maxJobs: number | undefined;
  /** Above 0; 2 means twice as fast as a builder with 1. */
  readonly speedFactor: number;
  /** Includes the mandatory ones. */
  readonly supportedFeatures: readonly string[];
  readonly mandatoryFeatures: readonly string[];
  /** The only key that the host may show, when the line names it. */
  readonly hostKey: HostKey | undefined;
  readonly parameters: BuilderParameters;
}

/** Parameters of a URI that has none. */
export const DEFAULT_PARAMETERS: BuilderParameters = {
  remoteProgram: undefined,
  remoteStore: undefined,
  compress: false,
  maxConnections: undefined,
  trusted: undefined,
  granularity: undefined,
};

/** `host`, `host:2222` or `[fe80::1]:2222`: how an SSH address is shown; `local` or the socket elsewhere. */
export function addressText(address: BuilderAddress): string {
  if (address.kind !== 'ssh') return address.kind === 'local' ? 'local' : address.socketPath;
  if (address.port === undefined || address.port === SSH_PORT) return address.host;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Where sshd listens unless somebody says otherwise. */
export const SSH_PORT = 22;
