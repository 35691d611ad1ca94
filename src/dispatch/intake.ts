import type { NodeId } from './schedule/events.ts';

/** Gathers jobs while the ones before are being looked up, so that a thousand of them cost a few questions and not a thousand. */
export interface Intake {
  /** From now on what is put in is taken. */
  open(): void;
  put(node: NodeId): void;
  /** Resolves when everything put in was taken; rejects with what taking it threw. */
  emptied(): Promise<void>;
}

export function createIntake(take: (nodes: readonly NodeId[]) => Promise<void>): Intake {
  let waiting: NodeId[] = [];
  let isOpen = false;
  let work: Promise<void> = Promise.resolve();
  let isWorking = false;

  const workOff = async (): Promise<void> => {
    try {
      // One turn of the event loop later, so that what arrives together is asked about together.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const batch = [...new Set(waiting)];
        waiting = [];
        await take(batch);
      }
    } finally {
      isWorking = false;
    }
  };
  const start = (): void => {
    if (!isOpen || isWorking || waiting.length === 0) return;
    isWorking = true;
    work = Promise.all([work, workOff()]).then(() => {});
    // Whoever waits for `emptied` is told; until then it is nobody's unhandled rejection.
    work.catch(() => {});
  };

  return {
    open() {
      isOpen = true;
      start();
    },
    put(node) {
      waiting.push(node);
      start();
    },
    emptied: () => work,
  };
}
