import type { FullListener } from '../../builders/client-pool.ts';
import type { CommandChannel, DaemonChannel } from '../../builders/host.ts';
import type { DispatchError } from '../../errors.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { CpuMeter } from '../machine/cpu-meter.ts';
import type { DiskSpace } from '../machine/free-disk.ts';
import type { BuilderId, ScheduleBuilder } from '../schedule/events.ts';
import type { Slots } from './slots.ts';
import type { DaemonChannels, Store } from '../stores/store.ts';

/** A builder that is logged in to. A builder that comes back after a loss is a new session with the same id. */
export interface BuilderSession {
  readonly id: BuilderId;
  /** As the machine line names it. */
  readonly name: string;
  readonly offer: ScheduleBuilder;
  readonly store: Store;
  readonly channels: DaemonChannels;
  readonly slots: Slots;
  /** Undefined where CPU time can't be read. */
  readonly cpuMeter: CpuMeter<DaemonClient> | undefined;
  readonly nixVersion: string;
  readonly connectSeconds: number;
  /** Its store is the runner's own: nothing has to be copied to it. */
  readonly isRunner: boolean;
  /** Settles when the connection is gone; the reason, or undefined when we closed it. */
  readonly lost: Promise<DispatchError | undefined>;
  /** Calls back when the machine refuses a further conversation while so many are open: it allows no more. */
  whenFull(listener: FullListener): void;
  /** The room on its fullest disk; undefined where that can't be found out. Never rejects. */
  diskSpace(): Promise<DiskSpace | undefined>;
  /** A stream to its daemon, for another client than ours. Throws DispatchError that names the host. */
  openDaemonChannel(): Promise<DaemonChannel>;
  /** Starts a command on its machine that is talked with. Throws DispatchError that names the host. */
  openCommand(words: readonly string[]): Promise<CommandChannel>;
  close(): void;
}
