import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What was seen of a process while it lived. */
export interface SeenProcess {
  readonly pid: number;
  /** Words of its command line, as long as it has one. */
  readonly argv: readonly string[];
  /** `NAME=value` of its environment. */
  readonly environment: readonly string[];
}

/** Looks at every process below one until it is told to stop. */
export interface ProcessWatch {
  /** Every command line and environment that was seen, once each. */
  stop(): Promise<readonly SeenProcess[]>;
}

const LOOK_MS = 5;

/** Starts to watch what a process starts, and what that starts. */
export function watchDescendants(root: number): ProcessWatch {
  const seen = new Map<string, SeenProcess>();
  const stopped = new AbortController();
  const watch = async (): Promise<void> => {
    const rootArgv = (await wordsOf(root, 'cmdline'))?.join(' ') ?? '';
    while (!stopped.signal.aborted) {
      for (const pid of await descendants(root)) await look(pid, rootArgv, seen);
      await sleep(LOOK_MS);
    }
  };
  const watching = watch();
  return {
    async stop() {
      stopped.abort();
      await watching;
      return [...seen.values()];
    },
  };
}

async function look(pid: number, rootArgv: string, seen: Map<string, SeenProcess>): Promise<void> {
  const argv = await wordsOf(pid, 'cmdline');
  const environment = await wordsOf(pid, 'environ');
  const after = await wordsOf(pid, 'cmdline');
  if (argv === undefined || environment === undefined || argv.length === 0) return;
  // Between fork and exec it is a copy of its parent; what was read across an exec belongs to nobody.
  if (after?.join(' ') !== argv.join(' ') || argv.join(' ') === rootArgv) return;
  seen.set(`${pid} ${argv.join(' ')} ${environment.length}`, { pid, argv, environment });
}

async function wordsOf(pid: number, name: string): Promise<readonly string[] | undefined> {
  // It may have ended since it was listed.
  const text = await readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => undefined);
  return text?.split('\0').filter((word) => word !== '');
}

async function descendants(root: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of await childrenOf(root)) found.push(pid, ...(await descendants(pid)));
  return found;
}

/** Of every thread, since each lists only what it started itself. A look at all processes would be too slow to see short ones. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
