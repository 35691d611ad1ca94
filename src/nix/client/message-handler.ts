import { ACTIVITY, RESULT } from '../protocol/numbers.ts';
import type { DaemonMessage, Field } from '../protocol/daemon-message.ts';
import { protocolError } from '../wire/decode.ts';
import type { BuildListener } from './build-listener.ts';

/** Most builds that one operation may start, so that a daemon that lies cannot fill the memory. */
const MAX_BUILDS = 100_000;

/**
 * Turns the messages of one operation into calls of its listener (protocol §11). Which build a line is of follows from
 * the activity that it names; the names are kept to the end, since late lines can follow a build's STOP.
 */
export function createMessageHandler(listener: BuildListener): (message: DaemonMessage) => void {
  const builds = new Map<bigint, string>();

  const started = (message: Extract<DaemonMessage, { kind: 'start' }>): void => {
    const [first, second] = message.fields;
    switch (message.type) {
      case ACTIVITY.build:
        if (builds.size >= MAX_BUILDS) throw protocolError(`at most ${MAX_BUILDS} builds`, 'one more');
        builds.set(message.id, textOf(first));
        listener.onBuildStarted?.(textOf(first), textOf(second));
        return;
      case ACTIVITY.substitute:
        listener.onSubstitute?.(textOf(first), textOf(second));
        return;
      case ACTIVITY.buildWaiting:
        listener.onWaiting?.(message.text);
        return;
      default:
    }
  };

  const reported = (message: Extract<DaemonMessage, { kind: 'result' }>): void => {
    switch (message.type) {
      case RESULT.buildLogLine:
        listener.onLogLine?.(textOf(message.fields[0]), builds.get(message.id));
        return;
      case RESULT.setPhase:
        listener.onPhase?.(textOf(message.fields[0]), builds.get(message.id));
        return;
      case RESULT.postBuildLogLine:
        listener.onMessage?.(textOf(message.fields[0]));
        return;
      default:
    }
  };

  return (message) => {
    switch (message.kind) {
      case 'result':
        return reported(message);
      case 'start':
        return started(message);
      case 'stop': {
        const drvPath = builds.get(message.id);
        if (drvPath !== undefined) listener.onBuildStopped?.(drvPath);
        return;
      }
      case 'next':
        listener.onMessage?.(message.text);
        return;
      case 'last':
      case 'error':
    }
  };
}

function textOf(field: Field | undefined): string {
  if (field === undefined) return '';
  if (typeof field === 'number') return String(field);
  return Buffer.from(field.buffer, field.byteOffset, field.byteLength).toString('utf8');
}
