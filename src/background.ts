import { describeError, toDispatchError } from './errors.ts';
import { isOrder, type Answer } from './setup/lifecycle/messages.ts';
import { runBackground, type Background } from './setup/run-background.ts';

/** Answers as long as somebody listens. */
function answer(words: Answer): void {
  if (process.connected) process.send?.(words);
}

/** Logs in, and tells Nix of the builders: what it has begun by the time we leave is given back too. */
let starting: Promise<Background> | undefined;
let background: Background | undefined;
let isLeaving = false;
/** What is given back must not take longer than this. */
const leaveMs = 10_000;

function leave(): void {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => process.exit(), leaveMs).unref();
  const ended = starting?.then(
    (started) => started.end(),
    () => undefined,
  );
  void Promise.resolve(ended).finally(() => process.exit());
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, leave);
process.on('uncaughtException', leave);
// The step that reads it leaves as soon as we are ready.
process.stderr.on('error', () => {});
process.on('disconnect', () => {
  // The step that started us is gone, and nobody would ever end us.
  if (background === undefined) leave();
});

process.once('message', (order) => {
  if (!isOrder(order)) return leave();
  starting = runBackground(order, answer, leave);
  starting.then(
    (started) => {
      background = started;
      answer({ kind: 'ready', ...started.readiness });
      if (!process.connected) leave();
    },
    (thrown: unknown) => {
      answer({
        kind: 'failed',
        message: describeError(toDispatchError(thrown, 'local')),
        lines: [],
        summary: '',
      });
      leave();
    },
  );
});
