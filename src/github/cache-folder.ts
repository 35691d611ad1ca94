import { homedir } from 'node:os';
import { join } from 'node:path';

import type { HistoryPlace } from '../inputs/history.ts';

/** Where this machine keeps what speeds up a later run: below the user's cache folder. */
export function cacheFolderOf(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nix-dispatch');
}

/** The file of durations; undefined where none is wanted. A path may begin with `~/`, as in other actions. */
export function historyFileOf(place: HistoryPlace, environment: NodeJS.ProcessEnv): string | undefined {
  switch (place.kind) {
    case 'automatic':
      return join(cacheFolderOf(environment), 'history.json');
    case 'file':
      return place.path.startsWith('~/') ? join(homedir(), place.path.slice(2)) : place.path;
    case 'nowhere':
      return undefined;
  }
}
