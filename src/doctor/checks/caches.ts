import type { NixSettings } from '../../builders/machine-facts.ts';
import { shellWord } from '../../report/escape/shell.ts';
import { good, unknown, warning, type Finding, type Remedy } from '../finding.ts';
import { inWorkflow, nixList, onBuilder, onEither } from '../remedies.ts';

/** Whether a builder reached one of its substituters; undefined: it was not tried. */
export interface CacheProbe {
  readonly url: string;
  readonly failure: string | undefined;
}

const CACHE_NIXOS_KEY = 'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=';

/** Substituters that a builder can't reach, or whose paths it would refuse for want of a key. */
export function cachesFinding(settings: NixSettings | undefined, probes: readonly CacheProbe[]): Finding {
  if (settings === undefined) return unknown('caches', "its own settings can't be read");
  const substituters = settings.list('substituters');
  if (substituters.length === 0 || settings.flag('substitute') === false) {
    return good('caches', 'none; everything is built or copied there');
  }
  const broken = probes.filter(({ failure }) => failure !== undefined);
  const keys = settings.list('trusted-public-keys');
  const distrusted =
    settings.flag('require-sigs') === false ? [] : substituters.filter((url) => lacksKey(url, keys));
  if (broken.length === 0 && distrusted.length === 0) {
    return good(
      'caches',
      `${substituters.join(', ')}; trusted keys: ${keys.map(keyName).join(', ') || 'none'}`,
    );
  }
  const details = [
    ...broken.map(({ url, failure }) => `${url} can't be used there: ${failure}`),
    ...distrusted.map((url) => `no trusted key for ${url}, so nothing is taken from it`),
  ];
  return warning('caches', details.join('; '), [
    ...broken.map(({ url }) =>
      onBuilder('See what it says there:', `nix store info --store ${shellWord(url)}`),
    ),
    ...(broken.length === 0 ? [] : [UNREACHABLE]),
    ...distrusted.flatMap((url) => keyRemedies(url, keys)),
  ]);
}

/**
 * Which key signs for a cache is not told before something is fetched; by custom it is named after the host. Only where that custom is sure
 * is a missing one a fault.
 */
function lacksKey(url: string, keys: readonly string[]): boolean {
  if (/[?&]trusted=(?:1|true)\b/.test(url)) return false;
  const host = hostOf(url);
  const isKnown = host === 'cache.nixos.org' || host?.endsWith('.cachix.org') === true;
  if (keys.length === 0) return true;
  return isKnown && !keys.some((key) => keyName(key).startsWith(host ?? ''));
}

function keyName(key: string): string {
  return key.split(':')[0] ?? key;
}

function hostOf(url: string): string | undefined {
  return /^https?:\/\/([^/:?]+)/.exec(url)?.[1]?.toLowerCase();
}

const UNREACHABLE = onBuilder(
  'Open the way to it (proxy, firewall, name server), or take it out of substituters in /etc/nix/nix.conf.',
);

function keyRemedies(url: string, keys: readonly string[]): readonly Remedy[] {
  if (hostOf(url) === 'cache.nixos.org') {
    return nixList('trusted-public-keys', [...keys, CACHE_NIXOS_KEY], [CACHE_NIXOS_KEY]);
  }
  return [
    ...onEither('nix.settings.trusted-public-keys = [ "NAME:KEY" ];', {
      text: 'Add the public key that the cache names to /etc/nix/nix.conf, and restart the daemon:',
      code: 'extra-trusted-public-keys = NAME:KEY',
    }),
    inWorkflow(`The key of ${url} is on its web page, or with whoever runs it.`),
  ];
}
