import type { Builder } from '../../builders/builder.ts';
import type { Credentials } from '../../builders/credentials.ts';
import { openBuilder } from '../../builders/open-builder.ts';
import { DISK_SPACE_SCRIPT, parseDiskSpace } from '../machine/free-disk.ts';
import type { BuilderId, Granularity } from '../schedule/events.ts';
import { shareSubstituters, type SharedSubstituters } from './shared-substituters.ts';
import type { BuilderSession } from './session.ts';
import { createCpuMeter } from '../machine/proc-meter.ts';
import { createSlots } from './slots.ts';
import { createStore, type Store } from '../stores/store.ts';

/**
 * Logs in to a builder. `runner` is the runner's own store, which the builder `local` works in; without it that one
 * has a store of its own.
 *
 * @param shared caches that it may fetch from besides its own
 * @throws DispatchError that names the host
 */
export async function openSession(
  id: BuilderId,
  builder: Builder,
  credentials: Credentials,
  runner: Store | undefined,
  shared?: SharedSubstituters,
): Promise<BuilderSession> {
  const opened = await openBuilder(builder, credentials);
  const isRunner = builder.address.kind === 'local';
  const { trust, systems, supportedFeatures, maxJobs, nixVersion, connectSeconds } = opened.info;
  const channels = shared === undefined || isRunner ? opened : await shareSubstituters(opened, shared);
  const granularity: Granularity =
    builder.parameters.granularity ?? (trust === 'trusted' ? 'derivation' : 'closure');
  return {
    id,
    name: builder.name,
    offer: {
      id,
      systems,
      supportedFeatures,
      mandatoryFeatures: builder.mandatoryFeatures,
      maxJobs,
      speedFactor: builder.speedFactor,
      granularity,
    },
    store: isRunner && runner !== undefined ? runner : createStore(builder.name, channels),
    channels,
    slots: createSlots(),
    // A service that is set up by environment has no shell that could be asked.
    cpuMeter: credentials.environment === undefined ? createCpuMeter(opened) : undefined,
    nixVersion,
    connectSeconds,
    isRunner,
    lost: opened.lost,
    whenFull: (listener) => opened.whenFull(listener),
    diskSpace: async () => {
      const answer = await opened.exec(['sh', '-c', DISK_SPACE_SCRIPT]).catch(() => undefined);
      return answer === undefined ? undefined : parseDiskSpace(answer.stdout);
    },
    openDaemonChannel: () => opened.openDaemonChannel(),
    openCommand: (words) => opened.openCommand(words),
    close: () => opened.close(),
  };
}
