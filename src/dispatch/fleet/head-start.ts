import type { Granularity } from '../schedule/events.ts';

/** Says when enough builders are there to begin with, so that one that doesn't answer holds nobody up. */
export interface HeadStart {
  joined(granularity: Granularity): void;
  /** All have been tried. */
  complete(): void;
  readonly begun: Promise<void>;
}

/** Long enough for machines that answer at all to answer: those that have what is wanted need not be asked later. */
const graceMs = 1000;
/** With closures only, builds would be bound to them that a builder which trusts us could share. */
const untrustedGraceMs = 5000;

/** Begins some time after the first builder has joined. */
export function createHeadStart(): HeadStart {
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const timers: NodeJS.Timeout[] = [];
  const complete = (): void => {
    for (const timer of timers) clearTimeout(timer);
    begin();
  };
  return {
    begun,
    complete,
    joined: (granularity) =>
      void timers.push(setTimeout(complete, granularity === 'derivation' ? graceMs : untrustedGraceMs)),
  };
}
