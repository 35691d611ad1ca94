import { openStoreProcesses } from '../../builders/local/store-process.ts';
import type { Cache } from '../../dispatch/inventory/cache.ts';
import { createStore, type Store } from '../../dispatch/stores/store.ts';
import type { PushTarget, SigningKey } from '../../inputs/push.ts';
import type { Notice } from '../../report/run-report.ts';
import type { Destination } from '../push/destinations.ts';
import { createTrustedCache } from './trusted-cache.ts';
import { createTrust } from './trusted-keys.ts';

/** Where this machine's Nix fetches from. */
export interface RunnerCaches {
  readonly substituters: readonly string[];
  /** As in `trusted-public-keys`. */
  readonly keys: readonly string[];
  /** It takes what nobody has signed, too. */
  readonly believesAll: boolean;
}

/** Which caches there are, and by whom they are believed. */
export interface CacheOptions {
  readonly runner: RunnerCaches;
  readonly targets: readonly PushTarget[];
  readonly destinations: readonly Destination[];
  /** Of what we sign ourselves. */
  readonly key: SigningKey | undefined;
  /** Lines of nix.conf. May be secret. */
  readonly nixConf: string;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
}

/** Caches that are asked what exists. */
export interface OpenCaches {
  readonly caches: readonly Cache[];
  close(): void;
}

/**
 * The stores that this run pushes to, and the substituters of this machine's Nix. A Nix host is believed as a builder is; a cache where a
 * trusted key has signed. Opens nothing by itself.
 */
export function openCaches(options: CacheOptions): OpenCaches {
  const { key, nixConf, notice, runner } = options;
  const ownKey = key === undefined ? [] : [`${key.name}:${Buffer.from(key.publicKey).toString('base64')}`];
  const hasSignature = createTrust([...runner.keys, ...ownKey]);

  const closings: (() => void)[] = [];
  const caches = new Map<string, Cache>();
  const add = (store: Store, isTrusted: boolean): void => {
    const trusts = isTrusted || runner.believesAll ? () => true : hasSignature;
    caches.set(store.name, createTrustedCache({ store, trusts, notice }));
  };
  const addUri = (uri: string): void => {
    const name = uri.replace(/\?.*/s, '').replace(/\/$/, '');
    if (caches.has(name)) return;
    const processes = openStoreProcesses(uri, name, nixConf);
    closings.push(() => processes.close());
    add(createStore(name, processes), isTrustedUri(uri));
  };

  for (const [index, target] of options.targets.entries()) {
    const destination = options.destinations[index];
    if (destination?.kind === 'store') {
      add(destination.store, target.kind === 'ssh' || (target.kind === 'nix' && isTrustedUri(target.uri)));
    } else if (target.kind === 'tool' && target.tool === 'cachix') {
      addUri(`https://${target.cache}.cachix.org`);
    }
  }
  for (const uri of runner.substituters) addUri(uri);
  return {
    caches: [...caches.values()],
    close() {
      for (const close of closings) close();
    },
  };
}

/** A store whose paths Nix takes unsigned, by a parameter of its URI. */
function isTrustedUri(uri: string): boolean {
  return /[?&]trusted=(?:true|1)(?:&|$)/.test(uri);
}
