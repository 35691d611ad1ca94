import type { Builder } from '../builders/builder.ts';
import { isGoodEnd } from '../dispatch/ledger/outcome.ts';
import type { DispatchObserver } from '../dispatch/observer.ts';
import type { DispatchRun } from '../dispatch/run-dispatch.ts';
import type { Store } from '../dispatch/stores/store.ts';
import type { DeliveryInputs } from '../inputs/inputs.ts';
import { parseStorePath } from '../nix/store-path.ts';
import type { JobReport, Notice } from '../report/run-report.ts';
import { holderOf } from './holder.ts';
import { packOutputs, type PackOptions } from './outputs/pack-outputs.ts';
import type { Destination } from './push/destinations.ts';
import { createPush } from './push/push.ts';
import { copyOutputs } from './runner-store/copy-outputs.ts';

/** What is delivered, to where, and who is told. */
export interface DeliveryOptions {
  readonly inputs: DeliveryInputs;
  readonly destinations: readonly Destination[];
  readonly builders: readonly Builder[];
  readonly dispatch: Pick<DispatchRun, 'storeOf'>;
  /** The runner's own store. */
  readonly runner: Store;
  /** Where links to results go. */
  readonly directory: string;
  /** Where outputs go that are uploaded. */
  readonly folders: PackOptions['folders'];
  readonly say: (line: string) => void;
  readonly notice: (level: Notice['level'], title: string, message: string) => void;
  readonly signal: AbortSignal;
}

/** What has come of it that a report tells. */
export interface Delivered {
  /** Archives of outputs that are uploaded, by attribute path. */
  readonly archives: ReadonlyMap<string, string>;
}

/** Brings what was built to where it is wanted: other stores, this machine's own, and artifacts. */
export interface Delivery {
  /** The same observer, with whose builds the delivery begins as they end. */
  watch(observer: DispatchObserver): DispatchObserver;
  /** Delivers what these jobs are besides, and resolves when all is delivered or has failed, which is told. Never rejects. */
  finish(jobs: readonly JobReport[]): Promise<Delivered>;
}

/** Nothing is on its way before a build ends. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { inputs, dispatch } = options;
  const push = createPush({
    ...options,
    key: inputs.signingKey,
    isRequired: inputs.isPushRequired,
    storeOf: (name) => dispatch.storeOf(name),
  });
  return {
    watch: (observer) => ({
      ...observer,
      buildFinished(build, attempt) {
        observer.buildFinished(build, attempt);
        if (!isGoodEnd(attempt.end)) return;
        push.offer({ holder: attempt.builder, paths: [...attempt.outputs.values()] });
      },
    }),
    async finish(jobs) {
      for (const { outcome, outputs } of jobs) {
        const holder = holderOf(outcome);
        // What only a builder's own cache has needs no other.
        if (holder === undefined || dispatch.storeOf(holder) === undefined) continue;
        push.offer({ holder, paths: Object.values(outputs).map((path) => parseStorePath(path)) });
      }
      const [archives] = await Promise.all([
        inputs.uploadOutputs === ''
          ? new Map<string, string>()
          : packOutputs({ ...options, jobs, filter: inputs.uploadOutputs, key: inputs.signingKey }),
        push.finish(),
        inputs.copiesOutputs ? copyOutputs({ ...options, jobs, key: inputs.signingKey }) : undefined,
      ]);
      return { archives };
    },
  };
}
