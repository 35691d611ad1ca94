import { queryValidPaths } from '../protocol/operations/queries.ts';
import { decodeExchange } from './exchange.ts';
import type { Request } from './exchange.ts';

const { purpose, request, reply } = queryValidPaths([], { substitute: false });

/** Asks for nothing: an answer tells that the daemon is still there, whatever it has refused before (protocol §8). */
export const pingRequest: Request<unknown> = {
  purpose,
  bytes: request,
  decode: decodeExchange(reply, () => undefined),
};
