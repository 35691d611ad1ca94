import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where trees and tools are kept between runs: NIX_DISPATCH_FARM, else
 * `nix-dispatch-farm` in XDG_CACHE_HOME or ~/.cache.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = env['NIX_DISPATCH_FARM'];
  if (own !== undefined && own !== '') return own;
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'nix-dispatch-farm');
}
