import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { ClockSkew } from '../checks/machine.ts';

/** Compares a builder's clock with ours; undefined where it does not tell. Never rejects. */
export async function probeClock(opened: OpenBuilder): Promise<ClockSkew | undefined> {
  const askedAt = Date.now() / 1000;
  const answer = await opened.exec(['date', '+%s']).catch(() => undefined);
  const answeredAt = Date.now() / 1000;
  const [, seconds] = /(?:^|\n)(\d{9,11})\s*$/.exec(answer?.stdout ?? '') ?? [];
  if (seconds === undefined) return undefined;
  // It was that second, at some moment between question and answer.
  return { lowSeconds: Number(seconds) - answeredAt, highSeconds: Number(seconds) + 1 - askedAt };
}
