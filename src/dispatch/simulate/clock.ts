import { createHeap } from '../schedule/heap.ts';

/** Virtual time: what is planned happens in order of its time, and of planning where the times are equal. */
export interface Clock {
  readonly nowSeconds: number;
  after(seconds: number, happen: () => void): void;
  /** Lets things happen until nothing is planned any more. */
  run(): void;
}

interface Appointment {
  readonly atSeconds: number;
  readonly sequence: number;
  readonly happen: () => void;
}

/** Begins at 0 s with nothing planned. */
export function createClock(): Clock {
  const appointments = createHeap<Appointment>((one, other) =>
    one.atSeconds === other.atSeconds ? one.sequence < other.sequence : one.atSeconds < other.atSeconds,
  );
  let nowSeconds = 0;
  let sequence = 0;
  return {
    get nowSeconds() {
      return nowSeconds;
    },
    after: (seconds, happen) => {
      appointments.push({ atSeconds: nowSeconds + Math.max(0, seconds), sequence: sequence++, happen });
    },
    run: () => {
      for (let next = appointments.pop(); next !== undefined; next = appointments.pop()) {
        nowSeconds = next.atSeconds;
        next.happen();
      }
    },
  };
}
