import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWaitingLine } from '../../../src/builders/waiting-line.ts';

const REASON = new Error('full');

/** A caller that notes in `log` what its waiting came to. */
async function waitIn(line: ReturnType<typeof createWaitingLine>, name: string, log: string[]) {
  await line.wait(REASON).then(
    () => log.push(name),
    (error: unknown) => log.push(`${name} gave up: ${error === REASON}`),
  );
}

describe('a waiting line', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('serves who came first, one a call', async () => {
    const line = createWaitingLine(1000);
    const log: string[] = [];
    const waiting = ['a', 'b'].map((name) => waitIn(line, name, log));
    line.wakeFirst();
    await waiting[0];
    expect(log).toEqual(['a']);
    line.wakeFirst();
    await waiting[1];
    expect(log).toEqual(['a', 'b']);
    line.wakeFirst();
  });

  it('lets nobody wait for longer than it may, and forgets who gave up', async () => {
    const line = createWaitingLine(1000);
    const log: string[] = [];
    const first = waitIn(line, 'a', log);
    await vi.advanceTimersByTimeAsync(600);
    const second = waitIn(line, 'b', log);
    await vi.advanceTimersByTimeAsync(400);
    await first;
    expect(log).toEqual(['a gave up: true']);
    line.wakeFirst();
    await second;
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(['a gave up: true', 'b']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes all when it is closed, and nobody waits from then on', async () => {
    const line = createWaitingLine(1000);
    const log: string[] = [];
    const waiting = ['a', 'b'].map((name) => waitIn(line, name, log));
    line.close();
    await Promise.all(waiting);
    await waitIn(line, 'late', log);
    expect(log).toEqual(['a', 'b', 'late']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
