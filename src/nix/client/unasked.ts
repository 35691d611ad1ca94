import { DispatchError } from '../../errors.ts';
import { decodeDaemonMessage } from '../protocol/daemon-message.ts';
import { protocolError } from '../wire/decode.ts';
import type { Request } from './exchange.ts';
import { withoutColours } from './failures.ts';

/**
 * Reads what a daemon says while nothing is asked. That is never right: either the second copy of an ERROR, after
 * which it hangs up (protocol §8), or a stream that has gone astray.
 */
export const unaskedRequest: Request<never> = {
  purpose: 'waiting for the next request',
  bytes: new Uint8Array(),
  *decode(input) {
    const message = yield* decodeDaemonMessage(input);
    if (message.kind !== 'error')
      throw protocolError('silence while nothing is asked', `a message "${message.kind}"`);
    const text = withoutColours(message.error.message);
    throw new DispatchError('connection-lost', `the daemon hung up after an error: ${text}`);
  },
};
