import type { Builder } from '../builders/builder.ts';
import type { Credentials } from '../builders/credentials.ts';
import { unusableReasons } from '../dispatch/fleet/none-usable.ts';
import { plural } from '../report/durations.ts';
import { examineFailure } from './examine.ts';
import { renderLog } from './render/log.ts';
import { renderSummary } from './render/summary.ts';

/** Where an explanation goes. */
export interface Explanation {
  readonly lines: readonly string[];
  /** Markdown for the job summary. */
  readonly summary: string;
}

/**
 * The doctor in short, for a run that ended because no builder could be used: how far each login got and what to change, from the errors that
 * there are already. Undefined for any other error. Never rejects.
 */
export async function explainUnusable(
  thrown: unknown,
  builders: readonly Builder[],
  credentials: (builder: Builder) => Credentials,
): Promise<Explanation | undefined> {
  const reasons = unusableReasons(thrown);
  const failed = builders.flatMap((builder) => {
    const reason = reasons.find(({ host }) => host === builder.name);
    return reason === undefined ? [] : [{ builder, reason }];
  });
  if (failed.length === 0) return undefined;
  const examinations = await Promise.all(
    failed.map(({ builder, reason }) => examineFailure(builder, credentials(builder), reason)),
  );
  const title = `Nothing was built: none of ${plural(failed.length, 'builder')} can be used`;
  return { lines: renderLog(examinations), summary: renderSummary(examinations, title) };
}
