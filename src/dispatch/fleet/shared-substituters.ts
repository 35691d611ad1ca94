import type { NixSettings } from '../../builders/machine-facts.ts';
import { parseNixSettings, SETTINGS_SCRIPT } from '../../builders/machine-facts.ts';
import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { DaemonSettings } from '../../nix/protocol/operations/settings.ts';
import type { DaemonChannels } from '../stores/store.ts';

/** Caches that builders are told of besides their own. */
export interface SharedSubstituters {
  readonly substituters: readonly string[];
  /** As in `trusted-public-keys`. */
  readonly keys: readonly string[];
  /** Is told why a builder goes without. */
  readonly refused: (builder: string, why: string) => void;
}

/** The same conversations, in which the daemon also fetches from these caches; unchanged where it may not or need not. */
export async function shareSubstituters(
  opened: Pick<OpenBuilder, 'builder' | 'info' | 'exec' | 'acquire' | 'release'>,
  shared: SharedSubstituters,
): Promise<DaemonChannels> {
  const { name } = opened.builder;
  if (opened.info.trust !== 'trusted') {
    shared.refused(name, 'its daemon takes settings only from users in trusted-users');
    return opened;
  }
  const answer = await opened.exec(['sh', '-c', SETTINGS_SCRIPT]).catch(() => undefined);
  const own = answer === undefined ? undefined : parseNixSettings(answer.stdout);
  if (own === undefined) {
    shared.refused(name, 'its settings can’t be read, which are sent along');
    return opened;
  }
  const settings = settingsToShare(shared, own);
  return settings === undefined ? opened : withSettings(opened, settings);
}

/** What has to be said to a daemon that has these settings of its own; undefined when it has all these caches. */
export function settingsToShare(
  { substituters, keys }: Pick<SharedSubstituters, 'substituters' | 'keys'>,
  own: NixSettings,
): DaemonSettings | undefined {
  const bare = (uri: string): string => uri.replace(/\?.*/s, '').replace(/\/$/, '');
  const known = new Set(own.list('substituters').map(bare));
  const news = substituters.filter((uri) => !known.has(bare(uri)));
  if (news.length === 0) return undefined;
  return {
    // Cannot be left out of the message: what the daemon does anyway.
    keepGoing: own.flag('keep-going') ?? false,
    fallback: own.flag('fallback') ?? false,
    maxJobs: own.count('max-jobs') ?? 1,
    maxSilentSeconds: own.count('max-silent-time') ?? 0,
    cores: own.count('cores') ?? 0,
    useSubstitutes: true,
    overrides: new Map([
      ['extra-substituters', news.map(askedInBulk).join(' ')],
      ['extra-trusted-public-keys', keys.join(' ')],
    ]),
  };
}

/** Nix does not ask a cache what it has of many paths unless the cache, or this parameter, says that it may. */
function askedInBulk(uri: string): string {
  if (/[?&]want-mass-query=/.test(uri)) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}want-mass-query=true`;
}

function withSettings(channels: DaemonChannels, settings: DaemonSettings): DaemonChannels {
  const told = new WeakSet<DaemonClient>();
  return {
    async acquire() {
      const client = await channels.acquire();
      if (!told.has(client)) {
        told.add(client);
        // Goes ahead of whatever is asked next; a conversation that breaks here breaks there too.
        client.setOptions(settings).catch(() => {});
      }
      return client;
    },
    release: (client) => channels.release(client),
  };
}
