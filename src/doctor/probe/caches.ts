import { describeTrouble, toDispatchError } from '../../errors.ts';
import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { CacheProbe } from '../checks/caches.ts';
import { cleanLine } from '../../report/escape/clean.ts';

/** More than these are not tried. */
const mostCaches = 8;
const patienceMs = 15_000;

/** Lets a builder's own Nix look at its substituters. Never rejects. */
export async function probeCaches(
  opened: OpenBuilder,
  substituters: readonly string[],
): Promise<readonly CacheProbe[]> {
  return Promise.all(substituters.slice(0, mostCaches).map((url) => probeCache(opened, url)));
}

async function probeCache(opened: OpenBuilder, url: string): Promise<CacheProbe> {
  const [major = 0, minor = 0] = opened.info.nixVersion.split('.').map(Number);
  // Its name before Nix 2.19.
  const verb = major === 2 && minor < 19 ? 'ping' : 'info';
  const words = ['nix', '--extra-experimental-features', 'nix-command', 'store', verb, '--store', url];
  const limits = ['--option', 'connect-timeout', '5', '--option', 'download-attempts', '1'];
  try {
    const { code, stderr } = await opened.exec([...words, ...limits], { timeoutMs: patienceMs });
    return { url, failure: code === 0 ? undefined : lastError(stderr) };
  } catch (thrown) {
    return { url, failure: describeTrouble(toDispatchError(thrown, 'local')) };
  }
}

function lastError(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((text) => /error/i.test(text)) ?? lines.at(-1) ?? 'no reason is given';
  return cleanLine(line).replace(/^error:\s*/i, '');
}
