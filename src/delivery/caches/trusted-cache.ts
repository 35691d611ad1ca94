import { setTimeout as sleep } from 'node:timers/promises';

import type { Cache } from '../../dispatch/inventory/cache.ts';
import type { Store } from '../../dispatch/stores/store.ts';
import { describeTrouble, DispatchError, toDispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';
import { plural } from '../../report/durations.ts';
import type { Notice } from '../../report/run-report.ts';

/** The store that is asked, and when it is believed. */
export interface TrustedCacheOptions {
  readonly store: Store;
  /** Whether what is said of a path is vouched for. */
  readonly trusts: (info: PathInfo) => boolean;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
}

/** Builds wait for the answer: how long one question may take, and how much longer for each path in it. */
const LONGEST_MS = 30_000;
const LONGEST_MS_PER_PATH = 20;

/** A store whose paths count only where they can be trusted. After its first failure it is not asked again. */
export function createTrustedCache({ store, trusts, notice }: TrustedCacheOptions): Cache {
  const { name } = store;
  const held = new Set<StorePath>();
  let isLeftAlone = false;
  let isUntrustedTold = false;

  const ask = async (paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>> => {
    const valid = await store.hold(paths);
    const infos = await store.infos([...valid]);
    const untrusted = infos.filter((info) => !trusts(info));
    for (const info of infos) if (trusts(info)) held.add(info.path);
    const [first] = untrusted;
    if (first !== undefined && !isUntrustedTold) {
      isUntrustedTold = true;
      notice(
        'warning',
        'Paths of a cache are not trusted',
        `${name} has ${plural(untrusted.length, 'path')} without a signature of a trusted key, ${first.path} for instance. What is ` +
          'not trusted is built. Add the key of the cache to trusted-public-keys in nix_conf, or sign with push_signing_key.',
      );
    }
    return new Set(paths.filter((path) => held.has(path)));
  };

  const has = async (paths: readonly StorePath[]): Promise<ReadonlySet<StorePath>> => {
    if (isLeftAlone || paths.length === 0) return new Set();
    const over = new AbortController();
    const limitMs = LONGEST_MS + paths.length * LONGEST_MS_PER_PATH;
    try {
      const limit = sleep(limitMs, undefined, { ref: false, signal: over.signal }).then(() =>
        Promise.reject(new DispatchError('timed-out', `no answer within ${Math.round(limitMs / 1000)} s`)),
      );
      return await Promise.race([ask(paths), limit]);
    } catch (thrown) {
      if (!isLeftAlone) {
        isLeftAlone = true;
        const why = describeTrouble(toDispatchError(thrown, 'unreachable'));
        notice('warning', 'A cache could not be asked', `${name}: ${why}. Builds go on without it.`);
      }
      return new Set();
    } finally {
      over.abort();
    }
  };

  return {
    name,
    has,
    store: Object.assign({}, store, {
      held,
      hold: has,
      async infos(paths: readonly StorePath[]): Promise<readonly PathInfo[]> {
        const infos = await store.infos(paths);
        const untrusted = infos.find((info) => !trusts(info));
        if (untrusted === undefined) return infos;
        const message = `${untrusted.path} at ${name} is signed by no trusted key`;
        throw new DispatchError('corrupt', message, { host: name });
      },
    }),
  };
}
