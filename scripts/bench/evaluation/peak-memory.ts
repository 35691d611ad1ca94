import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { residentMemoryBytes } from '../../../src/flake/evaluator/resident-memory.ts';

const INTERVAL_MS = 20;

/** Watches the resident memory of every Nix process that uses the store beside a program; `stop` returns the peak in bytes. */
export function watchMemory(program: string): { readonly stop: () => number } {
  const store = `${dirname(program)}/store`;
  let peakBytes = 0;
  const timer = setInterval(() => {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && usesStore(name, store));
    const bytes = pids.reduce((sum, pid) => sum + (residentMemoryBytes(Number(pid)) ?? 0), 0);
    peakBytes = Math.max(peakBytes, bytes);
  }, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return peakBytes;
    },
  };
}

/** Its mounts are its own, so only its processes list them. */
function usesStore(pid: string, store: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(store);
  } catch {
    return false;
  }
}
