import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds; fails with what was expected after a while. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`expected that ${what}`);
    await sleep(50);
  }
}
