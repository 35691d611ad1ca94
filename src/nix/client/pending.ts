import type { DispatchError } from '../../errors.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { ByteSource } from './daemon-client.ts';
import type { Outcome, Request } from './exchange.ts';
import type { FramedBody } from './framed-body.ts';

/** A request between its call and its promise's end, whatever type it answers with. */
export interface Pending {
  readonly purpose: string;
  readonly bytes: Uint8Array;
  readonly isBarrier: boolean;
  readonly isLong: boolean;
  readonly body: ByteSource | undefined;
  /** Its data, once they are being sent. */
  framed: FramedBody | undefined;
  /** Reads on; `undefined` when more bytes are needed. */
  advance(input: ByteQueue): Outcome<unknown> | undefined;
  /** Hands out the answer that `advance` found. */
  resolve(): void;
  reject(reason: unknown): void;
}

/** Pairs a request with its promise. */
export function createPending<T>(request: Request<T>): {
  readonly pending: Pending;
  readonly promise: Promise<T>;
} {
  const { promise, resolve, reject } = withResolvers<T>();
  let decoding: Decoding<Outcome<T>> | undefined;
  let outcome: Outcome<T> | undefined;
  const pending: Pending = {
    purpose: request.purpose,
    bytes: request.bytes,
    isBarrier: request.isBarrier ?? false,
    isLong: request.isLong ?? false,
    body: request.body,
    framed: undefined,
    advance(input) {
      decoding ??= request.decode(input);
      const step = decoding.next();
      if (step.done === true) outcome = step.value;
      return outcome;
    },
    resolve() {
      if (outcome?.kind === 'answered') resolve(outcome.value);
    },
    reject,
  };
  return { pending, promise };
}

/** Ends its promise, once its data are out: with the answer that `advance` found, or with the refusal. */
export function settle(pending: Pending, refused?: DispatchError): void {
  const { framed } = pending;
  const complete = (): void => {
    if (framed?.failure !== undefined) pending.reject(framed.failure.thrown);
    else if (refused !== undefined) pending.reject(refused);
    else pending.resolve();
  };
  if (framed === undefined) return complete();
  if (refused !== undefined) framed.stop();
  void framed.sent.then(complete);
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
