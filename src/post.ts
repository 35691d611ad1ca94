import { randomBytes } from 'node:crypto';

// Most jobs set nothing up: what a step has left for later is a variable, and without it nothing else is loaded.
const control = process.env['STATE_control'] ?? '';
if (control !== '') await finish();

async function finish(): Promise<void> {
  const [
    { createRunner },
    { finishSetup },
    { watchForEnd, leave, leaveSoon },
    { describeError, toDispatchError },
  ] = await Promise.all([
    import('./github/runner.ts'),
    import('./setup/finish.ts'),
    import('./early-end.ts'),
    import('./errors.ts'),
  ]);
  const runner = createRunner(process.env);
  const end = watchForEnd(leave);
  try {
    await finishSetup(control, {
      runner,
      environment: process.env,
      token: randomBytes(16).toString('hex'),
      hurry: end.hurry,
    });
  } catch (thrown) {
    const message = describeError(toDispatchError(thrown, 'local'));
    runner.annotate({ level: 'warning', title: 'nix-dispatch', message });
  }
  leaveSoon();
}
