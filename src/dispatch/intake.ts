import type { NodeId } from './schedule/events.ts';

/** Gathers jobs while the ones before are being looked up, so that a thousand of them cost a few questions and not a thousand. */
export interface Intake {
  /** From now on what is put in is taken. */
  open(): void;
  put(node: NodeId): void;
  /** Has everything taken again that was put off. */
  retry(): void;
  /** Resolves when everything put in was taken; rejects with what taking it threw. */
  emptied(): Promise<void>;
}

/** `take` returns the nodes that have to wait until {@link Intake.retry}. */
export function createIntake(take: (nodes: readonly NodeId[]) => Promise<readonly NodeId[]>): Intake {
  let waiting: NodeId[] = [];
  let putOff: NodeId[] = [];
  let isOpen = false;
  let isWorking = false;
  let isNews = false;
  let fault: { readonly thrown: unknown } | undefined;
  let told: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];

  const tell = (): void => {
    if (isWorking || (fault === undefined && (putOff.length > 0 || (isOpen && waiting.length > 0)))) return;
    const listeners = told;
    told = [];
    for (const { resolve, reject } of listeners) {
      if (fault === undefined) resolve();
      else reject(fault.thrown);
    }
  };

  const workOff = async (): Promise<void> => {
    try {
      // One turn of the event loop later, so that what arrives together is asked about together.
      await new Promise(setImmediate);
      while (waiting.length > 0) {
        const batch = [...new Set(waiting)];
        waiting = [];
        isNews = false;
        const later = await take(batch);
        // What happened in the meantime may be what they have to wait for.
        (isNews ? waiting : putOff).push(...later);
      }
    } catch (thrown) {
      fault ??= { thrown };
    }
    isWorking = false;
    tell();
  };
  const start = (): void => {
    if (!isOpen || isWorking || waiting.length === 0) return;
    isWorking = true;
    void workOff();
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
    retry() {
      isNews = true;
      waiting.push(...putOff);
      putOff = [];
      start();
    },
    emptied: () =>
      new Promise((resolve, reject) => {
        told.push({ resolve, reject });
        tell();
      }),
  };
}
