import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { faultOf, leaveSoon, watchForEnd } from './early-end.ts';
import { describeError, toDispatchError } from './errors.ts';
import { createRunner } from './github/runner.ts';
import { parseInputs } from './inputs/parse-inputs.ts';
import { strayInputs } from './inputs/stray-inputs.ts';

const runner = createRunner(process.env);
const end = watchForEnd(() => {
  fail('the run did not end within the time that it has after a signal; what was written until now stands');
  process.exit();
});

try {
  for (const message of strayInputs(process.env)) {
    runner.annotate({ level: 'warning', title: 'Input', message });
  }
  // Secrets are not masked here: GitHub does that, nothing of ours prints them, and the command that masks would.
  const inputs = parseInputs((name) => runner.input(name), readInclude);
  // Loaded only now: most of the bundle is behind it, and wrong inputs should be told at once.
  const { run } = await import('./run.ts');
  const exitCode = await run(inputs, inputs.builders, {
    runner,
    environment: process.env,
    token: randomBytes(16).toString('hex'),
    end,
  });
  if (exitCode !== 0) process.exitCode = exitCode;
} catch (thrown) {
  fail(describeError(faultOf(end) ?? toDispatchError(thrown, 'local')));
}
leaveSoon();

function fail(message: string): void {
  runner.annotate({ level: 'error', title: 'nix-dispatch', message });
  runner.setOutput('success', 'false');
  process.exitCode = 1;
}

/** As Nix does, a machines file that isn't there counts as empty. */
function readInclude(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
