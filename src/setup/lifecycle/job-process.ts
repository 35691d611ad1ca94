/** What is known of the process that stands for the job: the runner's worker, act, or a shell. */
export type JobProcess =
  /** The step still runs. */
  | { readonly kind: 'in-step' }
  /** The step has ended, and with it may end what had only been there for it. */
  | { readonly kind: 'settling'; readonly sinceMs: number }
  /** It is the one of this index in the step's lineage. */
  | { readonly kind: 'known'; readonly index: number }
  /** There is none to be seen, as in a container, where it is another namespace's process. */
  | { readonly kind: 'hidden' }
  /** It has ended. */
  | { readonly kind: 'gone' };

/** `timeout`, `sudo`, `sh -e`, an action that runs other actions: what wraps a step ends within this time of it. */
const SETTLE_MS = 5000;

/**
 * The process that stands for the job is the nearest above the step that is still there some time after it: what is nearer wrapped the step alone.
 *
 * @param running which of the step's lineage run now; the first is the step itself
 */
export function nextJobProcess(known: JobProcess, running: readonly boolean[], nowMs: number): JobProcess {
  switch (known.kind) {
    case 'in-step':
      return running[0] === true ? known : { kind: 'settling', sinceMs: nowMs };
    case 'settling': {
      if (nowMs - known.sinceMs < SETTLE_MS) return known;
      const index = running.indexOf(true);
      return index < 0 ? { kind: 'hidden' } : { kind: 'known', index };
    }
    case 'known':
      return running[known.index] === true ? known : { kind: 'gone' };
    case 'hidden':
    case 'gone':
      return known;
  }
}
