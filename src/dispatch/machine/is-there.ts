import { DispatchError, toDispatchError } from '../../errors.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import type { BuilderSession } from '../fleet/session.ts';

/** What came of a question: `lost` when the machine is being lost, `hangs` when its daemon says nothing for too long. */
export type Hearing = 'answers' | 'lost' | 'hangs';

/** Longer than a connection may be silent without being given up: who says nothing for so long is there, but hangs. */
const longestAnswerMs = 60_000;

const ask = (client: DaemonClient): Promise<unknown> => client.queryValidPaths([], { substitute: false });

/** Asks a machine's daemon something over the conversation that stays open for questions. Never rejects. */
export async function hear({ store }: Pick<BuilderSession, 'store'>): Promise<Hearing> {
  return withinLimit<Hearing>(
    store.ask(ask).then(
      () => 'answers',
      () => 'lost',
    ),
    'hangs',
  );
}

/** Asks its daemon over a conversation of its own, where a build would have one; undefined when it answers. Never rejects. */
export async function whyNotAnswering(
  session: Pick<BuilderSession, 'store' | 'name'>,
): Promise<DispatchError | undefined> {
  const error = await oneTry(session);
  // The first question may be lost with a conversation that was just about to end; then another one is asked.
  return error === undefined || error.code === 'timed-out' ? error : oneTry(session);
}

function oneTry({ store, name }: Pick<BuilderSession, 'store' | 'name'>): Promise<DispatchError | undefined> {
  return withinLimit<DispatchError | undefined>(
    store.use(ask).then(
      () => undefined,
      (thrown: unknown) => toDispatchError(thrown, 'connection-lost', { host: name }),
    ),
    new DispatchError('timed-out', `no answer within ${longestAnswerMs / 1000} s`, { host: name }),
  );
}

async function withinLimit<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), longestAnswerMs).unref();
  });
  const first = await Promise.race([work, tooLong]);
  clearTimeout(timer);
  return first;
}
