import { rm } from 'node:fs/promises';

import type { Store } from '../../dispatch/stores/store.ts';
import { describeTrouble, toDispatchError, type DispatchError } from '../../errors.ts';
import type { SigningKey } from '../../inputs/push.ts';
import { attributePathOf } from '../../report/attribute.ts';
import { plural } from '../../report/durations.ts';
import { cleanLine } from '../../report/escape/clean.ts';
import type { JobReport, Notice } from '../../report/run-report.ts';
import { holderOf } from '../holder.ts';
import { createSigner } from '../sign-paths.ts';
import { createBinaryCache } from './binary-cache.ts';
import { chooseJobs } from './choose-jobs.ts';
import { hasOutputs, namedOutputs, tarNameOf } from './job-files.ts';
import type { Omissions } from './output-tar.ts';
import { packJobs, type PackTarget } from './pack-jobs.ts';
import { sourcesOf, type SourceOptions } from './sources.ts';

/** What is packed, into which folders. */
export interface PackOptions extends SourceOptions {
  /** jq expression. */
  readonly filter: string;
  readonly jobs: readonly JobReport[];
  /** Folders of what is uploaded; they need not exist. */
  readonly folders: { readonly outputs: string; readonly cache: string; readonly partial: string };
  /** Signs what is in the cache. */
  readonly key: SigningKey | undefined;
  readonly say: (line: string) => void;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
  readonly signal: AbortSignal;
}

interface Pending {
  readonly job: JobReport;
  readonly sources: AsyncGenerator<Store, undefined>;
  error: DispatchError | undefined;
}

/**
 * Writes the outputs of the jobs that the expression selects to the folders that are uploaded: an archive for each job, and a binary cache
 * of them all. What fails is told as a warning. Resolves with the names of the archives, by attribute path; never rejects.
 */
export async function packOutputs(options: PackOptions): Promise<ReadonlyMap<string, string>> {
  const { folders, notice, say } = options;
  const archived = new Set<JobReport>();
  const failed = (message: string): void => notice('warning', 'Outputs are not in the artifact', message);
  try {
    const done = options.jobs.filter((job) => holderOf(job.outcome) !== undefined && hasOutputs(job));
    const chosen = await chooseJobs(options.filter, done);
    if (chosen.length === 0) {
      notice(
        'notice',
        'No outputs are uploaded',
        `upload_outputs selects none of ${plural(done.length, 'job')}.`,
      );
      return new Map();
    }
    const cache = createBinaryCache(folders.cache, folders.partial);
    const left = await packAll(chosen, options, {
      archives: folders.outputs,
      partial: folders.partial,
      cache,
      archived,
      describe: options.key === undefined ? (info) => info : createSigner(options.key),
      omitted: (job, omissions) => failed(omittedMessage(job, omissions)),
      signal: options.signal,
    });
    await cache.close();
    if (options.signal.aborted) return archivesOf(archived);
    for (const { job, error } of left) {
      failed(
        `${attributePathOf(job)}: ${error === undefined ? 'no store has them (any more)' : describeTrouble(error)}`,
      );
    }
    say(
      `packed outputs of ${plural(archived.size, 'job')}, ${plural(cache.whole().size, 'path')} in the binary cache`,
    );
  } catch (thrown) {
    failed(describeTrouble(toDispatchError(thrown, 'local')));
  } finally {
    await rm(folders.partial, { recursive: true, force: true }).catch(() => {});
  }
  return archivesOf(archived);
}

function archivesOf(archived: ReadonlySet<JobReport>): ReadonlyMap<string, string> {
  return new Map([...archived].map((job) => [attributePathOf(job), tarNameOf(job)]));
}

/** In rounds: what one store could not give is asked of the next. Returns the jobs that none could give whole. */
async function packAll(
  jobs: readonly JobReport[],
  options: PackOptions,
  target: PackTarget,
): Promise<readonly Pending[]> {
  const lost: Pending[] = [];
  let pending = jobs.map((job): Pending => {
    const paths = namedOutputs(job).map(({ path }) => path);
    return { job, sources: sourcesOf(job, paths, options), error: undefined };
  });
  while (pending.length > 0 && !options.signal.aborted) {
    const byStore = new Map<Store, Pending[]>();
    const sources = await Promise.all(pending.map(({ sources }) => sources.next()));
    for (const [index, one] of pending.entries()) {
      const store = sources[index]?.value;
      if (store === undefined) lost.push(one);
      else {
        const group = byStore.get(store) ?? [];
        group.push(one);
        byStore.set(store, group);
      }
    }
    for (const [store, group] of byStore) {
      const errors = await packJobs(
        store,
        group.map(({ job }) => job),
        target,
      );
      for (const one of group) one.error = errors.get(one.job) ?? one.error;
    }
    const whole = target.cache.whole();
    pending = [...byStore.values()]
      .flat()
      .filter(
        ({ job }) => !target.archived.has(job) || !namedOutputs(job).every(({ path }) => whole.has(path)),
      );
  }
  return lost;
}

function omittedMessage(job: JobReport, { count, first }: Omissions): string {
  const others = count === 1 ? '' : ` and ${plural(count - 1, 'other')}`;
  return `${attributePathOf(job)}: the archive lacks ${cleanLine(first)}${others}, whose name or target is not UTF-8. The binary cache has all.`;
}
