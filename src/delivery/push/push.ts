import type { Store } from '../../dispatch/stores/store.ts';
import { copyClosure } from '../../dispatch/stores/transfer.ts';
import { unlessAborted } from '../../early-end.ts';
import { describeTrouble, DispatchError } from '../../errors.ts';
import type { SigningKey } from '../../inputs/push.ts';
import { plural } from '../../report/durations.ts';
import type { Notice } from '../../report/run-report.ts';
import type { Destination } from './destinations.ts';
import { createPushLane, type Parcel } from './push-lane.ts';
import { runTool } from './run-tool.ts';
import { createSigner, signedBy } from '../sign-paths.ts';
import { uploadClosure } from './upload.ts';

/** Where things are pushed to, from which stores, and who is told. */
export interface PushOptions {
  readonly destinations: readonly Destination[];
  readonly key: SigningKey | undefined;
  /** A push that fails is an error of the run. */
  readonly isRequired: boolean;
  /** The store of that name, while it can be reached. */
  readonly storeOf: (name: string) => Store | undefined;
  /** The runner's own store. */
  readonly runner: Store;
  readonly say: (line: string) => void;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
  readonly signal: AbortSignal;
}

/** Brings what was built to other stores, while the run goes on. */
export interface Push {
  /** Paths that have just been built, or turned out to be there. */
  offer(parcel: Parcel): void;
  /** Resolves when everything is there or has failed, which is told. Never rejects. */
  finish(): Promise<void>;
}

/** One lane for each destination, so that none waits for another. */
export function createPush(options: PushOptions): Push {
  const { destinations, key, runner, say, signal } = options;
  const sign = key === undefined ? undefined : createSigner(key);

  const lanes = destinations.map((destination) => {
    const { name } = destination;
    const lane = createPushLane(async (parcel) => {
      if (signal.aborted) throw new DispatchError('cancelled', 'the run was ended before the push was done');
      // Where it came from.
      if (parcel.holder === name) return;
      await send(destination, parcel);
      say(`pushed ${plural(parcel.paths.length, 'path')} from ${parcel.holder} to ${name}`);
    });
    return { name, lane };
  });

  return {
    offer(parcel) {
      for (const { lane } of lanes) lane.offer(parcel);
    },
    async finish() {
      await Promise.all(
        lanes.map(async ({ name, lane }) => {
          const result = await unlessAborted(signal, lane.finished(), undefined);
          if (result?.error === undefined || signal.aborted) return;
          const { failed, error } = result;
          const left = `${plural(failed, 'path')} could not be pushed to ${name}`;
          const level = options.isRequired ? 'error' : 'warning';
          options.notice(level, 'Push failed', `${left}: ${describeTrouble(error)}`);
        }),
      );
    },
  };

  async function send(to: Destination, { holder, paths }: Parcel): Promise<void> {
    const from = options.storeOf(holder);
    if (from === undefined) {
      const message = `${holder}, which has the paths, is not connected any more`;
      throw new DispatchError('unreachable', message, { host: holder });
    }
    const signed = key === undefined ? from : signedBy(key, from);
    if (to.kind === 'tool') {
      await copyClosure(signed, runner, paths);
      await runTool(to.target, paths, signal);
    } else if (to.isCache) {
      await uploadClosure(from, to.store, paths, sign ?? ((info) => info));
    } else {
      await copyClosure(signed, to.store, paths);
    }
  }
}
