import { DispatchError } from '../../errors.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import { createClientPool, type ClientPool } from '../client-pool.ts';
import { CONNECT_TIMEOUT_MS, KEEPALIVE_MS } from '../credentials.ts';
import { dumpPath, nixError } from './dump-path.ts';
import { spawnCommand } from './spawn-command.ts';

/**
 * What Nix does unless the user says otherwise: who waits for a cache gives it up sooner than Nix would, and what was not in it an hour ago
 * may be by now.
 */
const DEFAULTS = [
  'connect-timeout = 15',
  'stalled-download-timeout = 60',
  'download-attempts = 3',
  'narinfo-cache-negative-ttl = 0',
  'narinfo-cache-positive-ttl = 3600',
];

/** Conversations with a store, and their end. */
export type StoreProcesses = Pick<ClientPool, 'acquire' | 'release' | 'close'>;

/**
 * Conversations with a store that only Nix's own code can open, such as a binary cache: a `nix-daemon --stdio` of this machine serves it
 * instead of its own store (protocol §2), with this process's environment, where credentials of buckets are. Opens nothing by itself.
 *
 * @param name for errors
 * @param nixConf lines of nix.conf
 */
export function openStoreProcesses(uri: string, name: string, nixConf: string): StoreProcesses {
  const settings = [...DEFAULTS, process.env['NIX_CONFIG'] ?? '', nixConf, `store = ${uri}`];
  const environment = { NIX_CONFIG: settings.join('\n') };
  let said = (): string => '';
  const host = {
    async openDaemonChannel() {
      const { stream, stderrTail, pid } = await spawnCommand(['nix-daemon', '--stdio'], environment);
      said = stderrTail;
      return { stream, stderrTail, clientPid: () => pid };
    },
  };
  const pool = createClientPool(host, name, { timeoutMs: CONNECT_TIMEOUT_MS, keepaliveMs: KEEPALIVE_MS });

  const reading: Pick<DaemonClient, 'narFromPath' | 'narsFromPaths'> = {
    narFromPath: (path, expected) => dumpPath({ name, environment }, path, expected),
    narsFromPaths: (infos) => infos.map(({ path }) => dumpPath({ name, environment }, path)),
  };
  const originals = new WeakMap<DaemonClient, DaemonClient>();
  return {
    async acquire() {
      const original = await pool.acquire().catch((error: unknown) => Promise.reject(withReason(error)));
      // Not a copy: it goes on telling whether it is open.
      const client: DaemonClient = Object.assign(Object.create(original), reading);
      originals.set(client, original);
      return client;
    },
    release: (client) => pool.release(originals.get(client) ?? client),
    close: () => pool.close(),
  };

  /** Nix has said why it can't open the store, and ended. */
  function withReason(error: unknown): unknown {
    const reason = nixError(said());
    if (!(error instanceof DispatchError) || error.code !== 'not-nix' || reason === undefined) return error;
    // Some builds of Nix have no S3.
    const hint = reason.includes("don't know how to open Nix store")
      ? "The Nix of this machine knows no such stores; that of Nix's own installers knows s3://."
      : undefined;
    return new DispatchError('unreachable', reason, { host: name, hint, cause: error });
  }
}
