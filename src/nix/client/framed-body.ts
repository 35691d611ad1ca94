import { FrameGatherer, LAST_FRAME } from '../wire/framing.ts';
import type { ByteSource } from './daemon-client.ts';
import type { Link } from './link.ts';

/** Data on their way out in frames (protocol §5). */
export interface FramedBody {
  /** Resolves once the last frame is written, or the link is gone. Rejects never; see `failure`. */
  readonly sent: Promise<void>;
  /** Produces nothing more: the next frame is the last. */
  stop(): void;
  /** There is room again, or the link is gone. */
  wake(): void;
  /** What the source threw, in a box since anything may be thrown. */
  readonly failure: { readonly thrown: unknown } | undefined;
}

/**
 * Sends all of a source, never more than the link has room for. The stream is ended properly whatever happens: by an
 * early last frame when the source fails or when nobody wants the rest.
 */
export function sendFramed(link: Link, source: ByteSource): FramedBody {
  const gatherer = new FrameGatherer();
  const iterator = openSource(source);
  let isStopped = false;
  let resumeSending: (() => void) | undefined;
  let failure: FramedBody['failure'];

  const pull = (): Promise<IteratorResult<Uint8Array> | undefined> =>
    new Promise((resolve, reject) => {
      // A source that hangs must not hold back the last frame.
      resumeSending = () => {
        if (isStopped) resolve(undefined);
      };
      iterator.next().then(resolve, reject);
    });

  const room = async (): Promise<void> => {
    for (;;) {
      if (!link.isFull || isStopped) return;
      await new Promise<void>((resolve) => {
        resumeSending = resolve;
      });
    }
  };

  const send = async (): Promise<void> => {
    try {
      for (let step = await pull(); step !== undefined && step.done !== true; step = await pull()) {
        for (const frame of gatherer.add(step.value)) {
          if (isStopped) break;
          link.write(frame);
          if (link.isFull) await room();
        }
        if (isStopped) break;
      }
      if (!isStopped) link.write(gatherer.flush());
    } catch (thrown) {
      failure = { thrown };
    }
    link.write([LAST_FRAME]);
  };

  return {
    sent: send(),
    stop() {
      if (isStopped) return;
      isStopped = true;
      resumeSending?.();
      // What the source has to say about its early end concerns nobody any more.
      iterator.return().catch(() => undefined);
    },
    wake: () => resumeSending?.(),
    get failure() {
      return failure;
    },
  };
}

interface OpenSource {
  next(): Promise<IteratorResult<Uint8Array>>;
  return(): Promise<unknown>;
}

function openSource(source: ByteSource): OpenSource {
  if (Symbol.asyncIterator in source) {
    const iterator = source[Symbol.asyncIterator]();
    return { next: () => iterator.next(), return: async () => iterator.return?.() };
  }
  const iterator = source[Symbol.iterator]();
  return { next: async () => iterator.next(), return: async () => iterator.return?.() };
}
