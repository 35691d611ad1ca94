import type { ByteSource } from './daemon-client.ts';
import { sendFramed } from './framed-body.ts';
import type { Link } from './link.ts';
import type { Pending } from './pending.ts';
import type { RequestQueue } from './request-queue.ts';

/** Writes requests in their order, each with the data that follow it, as fast as the link takes them. */
export interface RequestWriter {
  /** Data of a request are on their way: nothing else is written until they are out. */
  readonly isSending: boolean;
  /** Writes what may be written by now. */
  pump(): void;
  /** The link has room again. */
  drained(): void;
  /** Ends the data that are on their way, as nobody wants the rest. */
  stop(): void;
}

/** What a writer has to know of its conversation, and what it tells. */
export interface WriterEvents {
  /** Whether nothing more is to be written, now or ever. */
  isHalted(): boolean;
  /** A request goes out while no answer is awaited. */
  asked(): void;
}

/** Writes nothing by itself. */
export function createRequestWriter(
  link: Link,
  requests: RequestQueue<Pending>,
  events: WriterEvents,
): RequestWriter {
  let sending: Pending | undefined;

  return {
    get isSending() {
      return sending !== undefined;
    },
    pump,
    drained() {
      sending?.framed?.wake();
      pump();
    },
    stop: () => sending?.framed?.stop(),
  };

  function pump(): void {
    while (sending === undefined && !link.isFull && !events.isHalted()) {
      const next = requests.next();
      if (next === undefined) return;
      if (requests.current === next) events.asked();
      link.write([next.bytes]);
      if (next.body !== undefined) startBody(next, next.body);
    }
  }

  function startBody(pending: Pending, body: ByteSource): void {
    sending = pending;
    pending.framed = sendFramed(link, body);
    void pending.framed.sent.then(() => {
      sending = undefined;
      pump();
    });
  }
}
