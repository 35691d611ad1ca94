import type { Clock } from './clock.ts';

/** One direction of a host's connection to the world. */
export interface Link {
  readonly bytesPerSecond: number;
  /** Transfers that use it now. */
  load: number;
}

/** Transfers that share links: each gets an equal part of the narrowest link on its way. */
export interface Network {
  readonly bytesMoved: number;
  /** `done` happens when all bytes have arrived; the time a first byte takes is the caller's to add. */
  transfer(bytes: number, route: readonly Link[], done: () => void): void;
}

interface Flow {
  readonly route: readonly Link[];
  readonly done: () => void;
  bytesLeft: number;
  bytesPerSecond: number;
}

// Less than a byte is an error of rounding.
const NOTHING_LEFT = 0.5;

/** An idle link. */
export function createLink(bytesPerSecond: number): Link {
  return { bytesPerSecond, load: 0 };
}

/** Nothing is under way. Shares are worked out again whenever a transfer begins or ends. */
export function createNetwork(clock: Clock): Network {
  const flows = new Set<Flow>();
  let bytesMoved = 0;
  let sinceSeconds = 0;
  let plan = 0;

  const advance = (): void => {
    const seconds = clock.nowSeconds - sinceSeconds;
    sinceSeconds = clock.nowSeconds;
    for (const flow of flows) flow.bytesLeft -= flow.bytesPerSecond * seconds;
  };

  /** Shares the links anew and looks forward to the next end; an earlier plan is void. */
  const share = (): void => {
    let nextSeconds = Infinity;
    for (const flow of flows) {
      flow.bytesPerSecond = Infinity;
      for (const link of flow.route) {
        flow.bytesPerSecond = Math.min(flow.bytesPerSecond, link.bytesPerSecond / link.load);
      }
      nextSeconds = Math.min(nextSeconds, Math.max(0, flow.bytesLeft) / flow.bytesPerSecond);
    }
    plan += 1;
    const mine = plan;
    if (nextSeconds < Infinity) clock.after(nextSeconds, () => mine === plan && settle());
  };

  const settle = (): void => {
    advance();
    const ended = [...flows].filter((flow) => flow.bytesLeft < NOTHING_LEFT);
    for (const flow of ended) {
      flows.delete(flow);
      for (const link of flow.route) link.load -= 1;
    }
    share();
    for (const flow of ended) flow.done();
  };

  return {
    get bytesMoved() {
      return bytesMoved;
    },
    transfer: (bytes, route, done) => {
      bytesMoved += bytes;
      advance();
      flows.add({ route, done, bytesLeft: bytes, bytesPerSecond: 0 });
      for (const link of route) link.load += 1;
      share();
    },
  };
}
