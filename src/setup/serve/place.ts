import type { Socket } from 'node:net';

import type { Builder } from '../../builders/builder.ts';
import type { DaemonChannel } from '../../builders/host.ts';
import type { CpuMeter } from '../../dispatch/machine/cpu-meter.ts';
import { createCpuMeter } from '../../dispatch/machine/proc-meter.ts';
import type { BuilderSession } from '../../dispatch/fleet/session.ts';
import { createSlots, type Slots } from '../../dispatch/fleet/slots.ts';
import type { Transcript } from '../../nix/observe/transcript.ts';
import { createChannelStock, type ChannelStock } from './channel-stock.ts';

/** Channels that wait for clients, at most. */
const mostWaiting = 4;

/** A builder's place in the gateway, whether it can be reached or not. */
export interface Place {
  readonly builder: Builder;
  readonly slots: Slots;
  /** Undefined while it is lost. */
  seat: Seat | undefined;
  greeting: Transcript | undefined;
}

/** One login to a builder, and what belongs to it. */
export interface Seat {
  readonly session: BuilderSession;
  readonly stock: ChannelStock;
  /** Who talks with it through us. */
  readonly clients: Set<Socket>;
  /** Undefined where CPU time can't be read. */
  readonly meter: CpuMeter<DaemonChannel> | undefined;
}

/** What the machine said of itself when it was logged in to, where its machine line says nothing. */
export function offered({ builder, seat }: Place): Builder {
  if (seat === undefined) return builder;
  const { systems, supportedFeatures, maxJobs } = seat.session.offer;
  return { ...builder, systems, supportedFeatures, maxJobs };
}

/** Makes a login one that clients can be served from. */
export function seatOf(session: BuilderSession, greeting: Transcript | undefined): Seat {
  const waiting = Math.min(mostWaiting, session.offer.maxJobs);
  const stock = createChannelStock(() => session.openDaemonChannel(), waiting, greeting);
  const meter = createCpuMeter<DaemonChannel>({
    openCommand: (words) => session.openCommand(words),
    clientPid: (channel) => channel.clientPid(),
    siblings: (channel) => stock.channels.filter((other) => other.clientPid() === channel.clientPid()),
  });
  return { session, stock, clients: new Set(), meter: session.cpuMeter === undefined ? undefined : meter };
}

/** Nobody has logged in yet. */
export function placeFor(builder: Builder): Place {
  return { builder, slots: createSlots(), seat: undefined, greeting: undefined };
}
