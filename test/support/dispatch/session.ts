import type { Attempt, AttemptEnd } from '../../../src/dispatch/ledger/attempt.ts';
import type { DispatchObserver } from '../../../src/dispatch/observer.ts';
import { DispatchError } from '../../../src/errors.ts';
import type { BuilderSession } from '../../../src/dispatch/fleet/session.ts';
import { createSlots } from '../../../src/dispatch/fleet/slots.ts';
import { builder } from '../schedule/make.ts';
import { createMachine, type Machine } from './machine.ts';

/** A login to a machine in memory that can be cut. */
export interface FakeSession extends BuilderSession {
  readonly machine: Machine;
  readonly isClosed: boolean;
  /** Cuts the connection; a string is the message of a reason. */
  cut(reason?: string | DispatchError): void;
}

export function createSession(
  id: number,
  name = `builder-${id}`,
  {
    machine = createMachine(name),
    maxJobs = 1,
  }: { readonly machine?: Machine; readonly maxJobs?: number } = {},
): FakeSession {
  let end: (reason: DispatchError | undefined) => void = () => {};
  let isClosed = false;
  const lost = new Promise<DispatchError | undefined>((resolve) => {
    end = resolve;
  });
  return {
    id,
    name,
    machine,
    offer: builder(id, { maxJobs }),
    store: machine.store,
    channels: machine.channels,
    slots: createSlots(),
    cpuMeter: undefined,
    nixVersion: '2.34.8',
    connectSeconds: 0.1,
    isRunner: false,
    lost,
    get isClosed() {
      return isClosed;
    },
    whenFull: () => {},
    diskSpace: async () => undefined,
    cut(reason = 'the cable was cut') {
      machine.drop();
      end(typeof reason === 'string' ? new DispatchError('connection-lost', reason) : reason);
    },
    openDaemonChannel: () => Promise.reject(new Error('nobody asks for it')),
    openCommand: () => Promise.reject(new Error('nobody asks for it')),
    close() {
      isClosed = true;
      machine.drop();
      end(undefined);
    },
  };
}

/** Notes what it is told, one line each. */
export function noteTaker(): { readonly notes: string[]; readonly observer: DispatchObserver } {
  const notes: string[] = [];
  return {
    notes,
    observer: {
      buildStarted: ({ name, builder }) => void notes.push(`started ${name} on ${builder}`),
      logLine: ({ name }, line) => void notes.push(`${name}> ${line}`),
      phase: ({ name }, phase) => void notes.push(`${name} in ${phase}`),
      buildEnded: () => {},
      buildFinished: ({ name }, { end }) => void notes.push(`finished ${name}: ${end.kind}`),
      gaveUp: (name, why) => void notes.push(`gave up ${name}: ${why}`),
      builderJoined: (name, detail) => void notes.push(`joined ${name}: ${detail}`),
      builderTrouble: (name, message) => void notes.push(`trouble ${name}: ${message}`),
    },
  };
}

/** An attempt that ended that way, started at `startedAtMs` and a second long. */
export function attempt(end: AttemptEnd | AttemptEnd['kind'], more: Partial<Attempt> = {}): Attempt {
  const { startedAtMs = 1000 } = more;
  return {
    builder: 'a',
    slot: 0,
    startedAtMs,
    finishedAtMs: startedAtMs + 1000,
    end: typeof end === 'string' ? endOf(end) : end,
    outputs: new Map(),
    outputBytes: undefined,
    cpu: undefined,
    peakMemoryBytes: undefined,
    log: { tail: ['the end'], lines: 1, file: 'a.log' },
    ...more,
  };
}

function endOf(kind: AttemptEnd['kind']): AttemptEnd {
  switch (kind) {
    case 'built':
    case 'substituted':
    case 'already-valid':
    case 'cancelled':
      return { kind };
    case 'dependency-failed':
      return { kind, drvPath: undefined, message: `it ended as ${kind}` };
    case 'failed':
    case 'timed-out':
    case 'log-limit':
    case 'infrastructure':
      return { kind, message: `it ended as ${kind}` };
  }
}

/** Lets everything happen that needs no more than promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}
