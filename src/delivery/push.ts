import { exposeBuilders, type ExposedBuilders } from '../builders/expose/socket-store.ts';
import type { Builder } from '../builders/builder.ts';
import type { Credentials } from '../builders/credentials.ts';
import { openBuilder, type OpenBuilder } from '../builders/open-builder.ts';
import type { DispatchRun } from '../dispatch/run-dispatch.ts';
import { createStore, type Store } from '../dispatch/store.ts';
import { copyClosure } from '../dispatch/transfer.ts';
import { describeTrouble, DispatchError } from '../errors.ts';
import type { PushTarget, SigningKey } from '../inputs/push.ts';
import { plural } from '../report/durations.ts';
import type { Notice } from '../report/run-report.ts';
import { nixCopy } from './nix-copy.ts';
import { createPushLane, type Parcel, type PushLane } from './push-lane.ts';
import { signedBy } from './sign-paths.ts';

export interface PushOptions {
  readonly targets: readonly PushTarget[];
  readonly key: SigningKey | undefined;
  /** A push that fails is an error of the run. */
  readonly isRequired: boolean;
  readonly builders: readonly Builder[];
  readonly credentials: (builder: Builder) => Credentials;
  readonly dispatch: Pick<DispatchRun, 'openStream' | 'storeOf'>;
  /** Lines of nix.conf for Nix. */
  readonly nixConf: string;
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
  close(): Promise<void>;
}

/** Opens the targets only when there is something for them. */
export function createPush(options: PushOptions): Push {
  const { targets, signal, say, notice } = options;
  const opened: Promise<OpenBuilder>[] = [];
  let exposed: Promise<ExposedBuilders> | undefined;

  const expose = (): Promise<ExposedBuilders> =>
    (exposed ??= exposeBuilders({
      builders: options.builders,
      defaultSystem: '',
      openChannel: (id) => options.dispatch.openStream(id),
    }));

  const lanes = targets.map((target): { readonly target: PushTarget; readonly lane: PushLane } => {
    const pushParcel = target.kind === 'ssh' ? toHost(target.builder) : toStore(target.uri);
    const lane = createPushLane(async (parcel) => {
      if (signal.aborted) throw new DispatchError('cancelled', 'the run was ended before the push was done');
      await pushParcel(parcel);
      say(`pushed ${plural(parcel.paths.length, 'path')} from ${parcel.builder} to ${target.uri}`);
    });
    return { target, lane };
  });

  return {
    offer(parcel) {
      for (const { lane } of lanes) lane.offer(parcel);
    },
    async finish() {
      await Promise.all(
        lanes.map(async ({ target, lane }) => {
          const { failed, error } = await lane.finished();
          if (error === undefined || signal.aborted) return;
          const left = `${plural(failed, 'path')} could not be pushed to ${target.uri}`;
          notice(
            options.isRequired ? 'error' : 'warning',
            'Push failed',
            `${left}: ${describeTrouble(error)}`,
          );
        }),
      );
    },
    async close() {
      for (const opening of opened) void opening.then((host) => host.close()).catch(() => {});
      await exposed?.then((builders) => builders.close()).catch(() => {});
    },
  };

  /** By our own connection, logged in to as builders are. */
  function toHost(builder: Builder): (parcel: Parcel) => Promise<void> {
    let target: Promise<Store> | undefined;
    const openTarget = async (): Promise<Store> => {
      const opening = openBuilder(builder, options.credentials(builder));
      opened.push(opening);
      return createStore(builder.name, await opening);
    };
    return async ({ builder: name, paths }) => {
      const from = sourceOf(name);
      target ??= openTarget();
      // A target that could not be reached is tried again with the next parcel.
      target.catch(() => {
        target = undefined;
      });
      await copyClosure(options.key === undefined ? from : signedBy(options.key, from), await target, paths);
    };
  }

  /** By this machine's Nix, which reads from the builder itself: nothing of it comes into this machine's store. */
  function toStore(uri: string): (parcel: Parcel) => Promise<void> {
    return async ({ builder, paths }) => {
      sourceOf(builder);
      const line = options.builders.find(({ name }) => name === builder);
      const { key, nixConf } = options;
      const from =
        line === undefined || line.address.kind === 'local'
          ? undefined
          : ((await expose()).uriOf(builder) ?? line.uri);
      await nixCopy({ from, to: uri, paths, key, nixConf, signal });
    };
  }

  function sourceOf(name: string): Store {
    const store = options.dispatch.storeOf(name);
    if (store !== undefined) return store;
    throw new DispatchError('unreachable', `${name}, which has the paths, is not connected any more`, {
      host: name,
    });
  }
}
