import type { Builder } from '../../builders/builder.ts';
import type { Credentials } from '../../builders/credentials.ts';
import { openStoreProcesses } from '../../builders/local/store-process.ts';
import { openBuilder, type OpenBuilder } from '../../builders/open-builder.ts';
import { createStore, type DaemonChannels, type Store } from '../../dispatch/stores/store.ts';
import type { PushTarget, ToolTarget } from '../../inputs/push.ts';

/** Where what is built goes. */
export type Destination = StoreDestination | ToolDestination;

/** A store that we write by ourselves. */
export interface StoreDestination {
  readonly kind: 'store';
  readonly name: string;
  /** It compresses and keeps what it is given; otherwise it is a Nix host, which checks what it takes. */
  readonly isCache: boolean;
  readonly store: Store;
  close(): void;
}

/** A cache service that its own program pushes to. */
export interface ToolDestination {
  readonly kind: 'tool';
  readonly name: string;
  readonly target: ToolTarget;
}

/** Where things go, and how that is reached. */
export interface DestinationOptions {
  readonly targets: readonly PushTarget[];
  readonly credentials: (builder: Builder) => Credentials;
  /** Lines of nix.conf for Nix. */
  readonly nixConf: string;
  /** When it is aborted all are closed, whatever is on its way. */
  readonly signal: AbortSignal;
}

/** Reaches each only when there is something for it. */
export function createDestinations(options: DestinationOptions): readonly Destination[] {
  return options.targets.map((target) => {
    const { kind, name } = target;
    if (kind === 'tool') return { kind, name, target };
    const channels =
      kind === 'ssh'
        ? hostChannels(target.builder, options.credentials)
        : openStoreProcesses(target.uri, name, options.nixConf);
    const close = (): void => channels.close();
    options.signal.addEventListener('abort', close, { once: true });
    return { kind: 'store', name, isCache: kind === 'nix', store: createStore(name, channels), close };
  });
}

/** A host is logged in to as builders are; one that could not be reached is tried again by the next who needs it. */
function hostChannels(
  builder: Builder,
  credentials: DestinationOptions['credentials'],
): DaemonChannels & { close(): void } {
  let opening: Promise<OpenBuilder> | undefined;
  let opened: OpenBuilder | undefined;
  let isClosed = false;
  const open = async (): Promise<OpenBuilder> => {
    const host = await openBuilder(builder, credentials(builder));
    opened = host;
    if (isClosed) host.close();
    return host;
  };
  const forget = (): void => {
    opening = undefined;
  };
  return {
    async acquire() {
      if (opening === undefined) {
        opening = open();
        opening.then((host) => host.lost).then(forget, forget);
      }
      return (await opening).acquire();
    },
    release: (client) => opened?.release(client),
    close() {
      isClosed = true;
      opened?.close();
    },
  };
}
