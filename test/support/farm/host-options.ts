import type { NixVersion } from '../../../scripts/provision/trees.ts';

/** The Nix of a host that asks for no version. */
export const NEWEST_NIX: NixVersion = '2.34.8';

/** What a test asks of one host. Everything but the name has a default. */
export interface HostOptions {
  readonly name: string;
  /** Nix of the host; `none` is a host with sshd only. Default: the newest. */
  readonly nix?: NixVersion | 'none';
  /** `max-jobs` of the host's nix.conf and of its machine line. Default 4. */
  readonly maxJobs?: number;
  /** `system-features` of nix.conf and supported features of the machine line. */
  readonly systemFeatures?: readonly string[];
  /** Systems that the host claims beside its own; builds with /bin/sh work whatever the name says. */
  readonly extraPlatforms?: readonly string[];
  /** Replaces the host's own system, so that it builds nothing else. */
  readonly system?: string;
  /** Lines at the end of nix.conf: the last setting of a name counts. */
  readonly nixConf?: readonly string[];
  /** Lines at the start of sshd_config: the first setting of a name counts. */
  readonly sshdConfig?: readonly string[];
  /** Kinds of host keys. Default ed25519 only; ecdsa is quick to make, rsa takes a moment. */
  readonly hostKeyTypes?: readonly HostKeyType[];
  /**
   * Mounts cgroup2, sets `use-cgroups` and sandboxes builds (so that they see /bin/sh and no other program).
   * Nix 2.26.3 then has a build's CPU time in its result; 2.34.8 uses cgroups but reports no times.
   */
  readonly cgroups?: boolean;
  /** Puts /nix on a disk of this many MiB, for `fillDisk`. Its content does not survive `kill`. */
  readonly diskMib?: number;
  /** Shell lines at the start of each account's rc file, read by sshd's commands too. */
  readonly shellRc?: string;
}

/** Kinds of SSH host keys a host can have. */
export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';
