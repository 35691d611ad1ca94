import type { DispatchError } from '../../errors.ts';
import { during, lost } from './failures.ts';

/** What becomes of a request when its conversation is over. `isCulprit`: its answer is what ended everything. */
export type Ending = (purpose: string, isCulprit: boolean) => DispatchError;

/** The fault is told of each request alike. */
export function endedBy(host: string, fault: DispatchError): Ending {
  return (purpose) => during(host, purpose, fault);
}

/** The fault is told of the request that met it; the others have lost their connection for that reason. */
export function endedInside(host: string, fault: DispatchError): Ending {
  return (purpose, isCulprit) =>
    isCulprit ? during(host, purpose, fault) : lost(host, purpose, { cause: fault, stderr: '' });
}

/** The peer is gone. `stderr`: the last that it wrote there, empty for nothing. */
export function endedByLoss(host: string, details: { cause: unknown; stderr: string }): Ending {
  return (purpose) => lost(host, purpose, details);
}
