import { DispatchError } from '../errors.ts';

/** A host from which nothing came for so long that it was given up. */
export class FellSilent extends DispatchError {
  /** Since it was last heard of. */
  readonly silentMs: number;

  /** @param name of the builder, as its machine line has it */
  constructor(host: string, name: string, silentMs: number) {
    super('connection-lost', `${host} sent nothing for ${Math.round(silentMs / 1000)} s`, {
      host: name,
      hint: 'The host or the network to it is down.',
    });
    this.silentMs = silentMs;
  }
}

/** How long the builder had not been heard of when it was lost for that reason. */
export function silentMsOf(reason: DispatchError): number {
  return reason instanceof FellSilent ? reason.silentMs : 0;
}
