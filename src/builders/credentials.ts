/** Whether a host whose key nobody vouches for is refused. `off` has to be asked for: anybody in the network may answer then. */
export type HostKeyChecking = 'strict' | 'off';

/** What it takes to log in to builders, and how patient to be. Secrets are in here: never log it. */
export interface Credentials {
  /** Secret: private key as text, for builders whose machine line names no key file. */
  readonly privateKey: string | undefined;
  /** known_hosts lines; the runner's own files are looked at after them. */
  readonly knownHosts: string;
  /** Text of ssh_config or the path of one; the runner's own configuration unless said. */
  readonly sshConfig?: string;
  /** `strict` unless said. */
  readonly hostKeyChecking?: HostKeyChecking;
  /** Is told of every host that is used although its key is not known, with the line of known_hosts that would vouch for it. */
  readonly onUncheckedHost?: ((host: string, line: string) => void) | undefined;
  /** Lines of nix.conf for the Nix of this machine, where it is started for us. */
  readonly nixConf?: string;
  /** For reaching a host and logging in; 20 s unless said. */
  readonly connectTimeoutMs?: number;
  /** A host that sends nothing for this long, though asked, is given up; 30 s unless said. */
  readonly keepaliveMs?: number;
  /**
   * Sent as SSH `env` requests with every channel, and asked for before each, as what is in it may expire: settings and login of
   * nixbuild.net (protocol §13.5). May be secret. Never rejects.
   */
  readonly environment?: () => Promise<Readonly<Record<string, string>>>;
}

/** {@link Credentials.connectTimeoutMs} unless said. */
export const CONNECT_TIMEOUT_MS = 20_000;

/** {@link Credentials.keepaliveMs} unless said. */
export const KEEPALIVE_MS = 30_000;
