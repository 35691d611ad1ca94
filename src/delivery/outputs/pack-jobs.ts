import { join } from 'node:path';

import { closureInfos } from '../../dispatch/stores/closure.ts';
import type { Store } from '../../dispatch/stores/store.ts';
import { toDispatchError, type DispatchError } from '../../errors.ts';
import type { PathInfo } from '../../nix/protocol/path-info.ts';
import type { StorePath } from '../../nix/store-path.ts';
import type { JobReport } from '../../report/run-report.ts';
import type { BinaryCache } from './binary-cache.ts';
import { createJobArchive, type JobArchive } from './job-archive.ts';
import { namedOutputs, tarNameOf } from './job-files.ts';
import type { Omissions } from './output-tar.ts';
import { readNars, type NarReading } from './read-nars.ts';

/** Where the parts of it go. */
export interface PackTarget {
  /** Folder of the archives. */
  readonly archives: string;
  /** Where files grow. */
  readonly partial: string;
  readonly cache: BinaryCache;
  /** Jobs whose archive is whole. */
  readonly archived: Set<JobReport>;
  /** What the cache says of a path. */
  readonly describe: (info: PathInfo) => PathInfo;
  /** Told what could not be in an archive. Untrusted text. */
  readonly omitted: (job: JobReport, omissions: Omissions) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the outputs of jobs from one store that has them: into an archive for each job, and with everything that they refer to into the
 * cache. An output is read once for both. Returns what went wrong, by job; what several jobs need is told for one of them.
 */
export async function packJobs(
  store: Store,
  jobs: readonly JobReport[],
  target: PackTarget,
): Promise<ReadonlyMap<JobReport, DispatchError>> {
  const { cache } = target;
  const whole = cache.whole();
  const failed = new Map<JobReport, DispatchError>();
  const jobOf = new Map<NarReading, JobReport>();
  const archives: JobArchive[] = [];
  const planned = new Set<StorePath>();

  /** Whether the NAR of this path is wanted by the cache and nobody has planned to read it. */
  const claim = (path: StorePath): boolean => {
    if (cache.has(path) || planned.has(path)) return false;
    planned.add(path);
    return true;
  };

  // Asked for all jobs at once, so that they cost few round trips together.
  const asked = jobs.map(async (job) => {
    const paths = namedOutputs(job).map(({ path }) => path);
    const [outputs, closure] = await Promise.all([
      store.infos(paths),
      closureInfos(store, paths, async () => whole),
    ]);
    return { job, outputs, closure };
  });
  for (const [index, answer] of (await Promise.allSettled(asked)).entries()) {
    if (answer.status === 'rejected') {
      const job = jobs[index];
      if (job !== undefined) failed.set(job, toDispatchError(answer.reason, 'local'));
      continue;
    }
    const { job, outputs, closure } = answer.value;
    if (!target.archived.has(job)) {
      const archive = openArchive(job, outputs.length, target);
      archives.push(archive);
      for (const reading of archiveReadings(archive, job, outputs, target, claim)) jobOf.set(reading, job);
    }
    for (const info of closure.filter(({ path }) => claim(path))) {
      jobOf.set({ info, take: (nar) => intoCache(nar, info, target) }, job);
    }
  }
  for (const [reading, error] of await readNars(store, [...jobOf.keys()], target.signal)) {
    const job = jobOf.get(reading);
    if (job !== undefined) failed.set(job, error);
  }
  for (const archive of archives) await archive.close();
  return failed;
}

function openArchive(job: JobReport, count: number, target: PackTarget): JobArchive {
  const name = tarNameOf(job);
  return createJobArchive(join(target.archives, name), join(target.partial, name), count, (omissions) => {
    target.archived.add(job);
    if (omissions.count > 0) target.omitted(job, omissions);
  });
}

function archiveReadings(
  archive: JobArchive,
  job: JobReport,
  infos: readonly PathInfo[],
  target: PackTarget,
  claim: (path: StorePath) => boolean,
): readonly NarReading[] {
  const roots = new Map(namedOutputs(job).map(({ path, root }) => [path, root]));
  return infos.map((info) => {
    const isForCache = claim(info.path);
    return {
      info,
      take: (nar) =>
        archive.add(roots.get(info.path) ?? 'result', (write) =>
          isForCache ? intoCache(nar, info, target, write) : drain(nar, write),
        ),
    };
  });
}

/** @param also takes the same bytes at the same time */
async function intoCache(
  nar: AsyncIterable<Uint8Array>,
  info: PathInfo,
  { cache, describe }: PackTarget,
  also: (chunk: Uint8Array) => Promise<void> = async () => {},
): Promise<void> {
  const file = cache.begin(describe(info));
  try {
    await drain(nar, async (chunk) => void (await Promise.all([file.write(chunk), also(chunk)])));
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function drain(
  nar: AsyncIterable<Uint8Array>,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const chunk of nar) await write(chunk);
}
