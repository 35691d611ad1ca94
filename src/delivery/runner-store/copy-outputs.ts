import { lstat, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import type { DispatchRun } from '../../dispatch/run-dispatch.ts';
import type { Store } from '../../dispatch/stores/store.ts';
import { copyClosure } from '../../dispatch/stores/transfer.ts';
import { describeTrouble, DispatchError, toDispatchError } from '../../errors.ts';
import type { SigningKey } from '../../inputs/push.ts';
import { parseStorePath } from '../../nix/store-path.ts';
import { attributePathOf } from '../../report/attribute.ts';
import { plural } from '../../report/durations.ts';
import type { JobReport, Notice } from '../../report/run-report.ts';
import { holderOf } from '../holder.ts';
import { signedBy } from '../sign-paths.ts';
import { resultLinks } from './result-links.ts';

/** What a daemon means that takes nothing unsigned from this user. */
const UNTRUSTED =
  'The Nix of the runner does not trust its user: name the user in trusted-users of its nix.conf, or give push_signing_key and name its public half in trusted-public-keys there.';

/** What is copied, and from where to where. */
export interface CopyOptions {
  readonly jobs: readonly JobReport[];
  readonly dispatch: Pick<DispatchRun, 'storeOf'>;
  readonly runner: Store;
  /** Signs what is copied, for a Nix that takes only that from its user. */
  readonly key: SigningKey | undefined;
  /** Where the links go. */
  readonly directory: string;
  readonly say: (line: string) => void;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
}

/**
 * Brings the outputs of all jobs that have any into this machine's store and links to them, so that they outlive a garbage collection. What
 * fails is told as an error, since later steps count on it. Never rejects.
 */
export async function copyOutputs(options: CopyOptions): Promise<void> {
  const { jobs, notice, say } = options;
  const done = jobs.filter((job) => holderOf(job.outcome) !== undefined);
  const copied: JobReport[] = [];
  for (const job of done) {
    try {
      await copyJob(job, options);
      copied.push(job);
    } catch (thrown) {
      const why = describeTrouble(toDispatchError(thrown, 'local'));
      const remedy = /\blacks a (?:valid )?signature\b/.test(why) ? `. ${UNTRUSTED}` : '';
      notice('error', 'Outputs were not copied', `${attributePathOf(job)}: ${why}${remedy}`);
    }
  }
  const links = resultLinks(copied);
  try {
    for (const { name, target } of links) await link(join(options.directory, name), target, options.runner);
  } catch (thrown) {
    notice('error', 'Outputs were not linked', describeTrouble(toDispatchError(thrown, 'local')));
    return;
  }
  const names = links.map(({ name }) => name).join(' ');
  say(`copied outputs of ${plural(copied.length, 'job')} into this machine's store: ${names}`);
}

async function copyJob(
  { outcome, outputs }: JobReport,
  { dispatch, key, runner }: CopyOptions,
): Promise<void> {
  const paths = Object.values(outputs).map((path) => parseStorePath(path));
  if ((await runner.hold(paths)).size === paths.length) return;
  const name = holderOf(outcome);
  const holder = name === undefined ? undefined : dispatch.storeOf(name);
  if (holder === undefined) {
    // Only a cache has it: this machine's Nix asks its own.
    await runner.use(async (client) => {
      for (const path of paths) await client.ensurePath(path);
    });
    return;
  }
  await copyClosure(key === undefined ? holder : signedBy(key, holder), runner, paths);
}

/** A link that was there is replaced, as Nix does; anything else is somebody's. */
async function link(path: string, target: string, runner: Store): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing?.isSymbolicLink() === false) {
    throw new DispatchError('local', `${path} is in the way: expected a link or nothing`);
  }
  await rm(path, { force: true });
  await symlink(target, path);
  await runner.use((client) => client.addIndirectRoot(path));
}
