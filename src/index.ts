import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { faultOf, leave, leaveSoon, unlessAborted, watchForEnd } from './early-end.ts';
import { describeError, toDispatchError } from './errors.ts';
import { createRunner } from './github/runner.ts';
import { credentialsOf } from './inputs/credentials.ts';
import type { Inputs } from './inputs/inputs.ts';
import { earlyInputs, parseInputs } from './inputs/parse-inputs.ts';
import { strayInputs } from './inputs/stray-inputs.ts';
import { openAccount } from './nixbuild/account.ts';
import type { RunEffects } from './open-run.ts';
import { planWithoutSecrets } from './without-secrets.ts';

const runner = createRunner(process.env);
const end = watchForEnd(() => {
  fail('the run did not end within the time that it has after a signal; what was written until now stands');
  leave();
});

try {
  for (const message of strayInputs(process.env)) {
    runner.annotate({ level: 'warning', title: 'Input', message });
  }
  // Secrets are not masked here: GitHub does that, nothing of ours prints them, and the command that masks would.
  const { inputs, account } = await readInputs();
  const exitCode = await start(inputs, {
    runner,
    environment: process.env,
    token: randomBytes(16).toString('hex'),
    end,
    account,
  });
  if (exitCode !== 0) process.exitCode = exitCode;
} catch (thrown) {
  const message = describeError(faultOf(end) ?? toDispatchError(thrown, 'local'));
  fail(message);
  await unlessAborted(end.hurry, summarise(message), undefined);
}
leaveSoon();

/** Throws DispatchError when they are wrong, and then ends the gate, which nobody else would. */
async function readInputs(): Promise<Pick<RunEffects, 'account'> & { readonly inputs: Inputs }> {
  const raw = (name: string): string => runner.input(name);
  try {
    const inputs = parseInputs(raw, readInclude);
    return { inputs, account: inputs.nixbuild && (await openAccount(inputs.nixbuild, process.env)) };
  } catch (error) {
    const gate = earlyInputs(raw);
    if (gate.checkRuns) {
      const { failGate } = await import('./github/open-checks.ts');
      const notice = (title: string, message: string) => runner.annotate({ level: 'notice', title, message });
      const reason = describeError(toDispatchError(error, 'local'));
      await unlessAborted(end.hurry, failGate(process.env, { ...gate, notice }, reason), undefined);
    }
    throw error;
  }
}

/** Loads what the mode needs only now: most of the bundle is behind it, and wrong inputs should be told at once. */
async function start(inputs: Inputs, effects: RunEffects): Promise<0 | 1> {
  switch (inputs.mode) {
    case 'build':
    case 'evaluate': {
      const plan = await planWithoutSecrets(inputs, credentialsOf(inputs, effects.account));
      if (plan.notice !== undefined) {
        runner.annotate({ level: 'notice', title: 'No key for the builders', message: plan.notice });
      }
      if (plan.kind === 'skip') {
        const { outputsOfNothing } = await import('./report/outputs.ts');
        for (const { name, value } of outputsOfNothing()) runner.setOutput(name, value);
        return 0;
      }
      const { run } = await import('./run.ts');
      return run(plan.inputs, plan.inputs.builders, effects);
    }
    case 'setup': {
      const plan = await planWithoutSecrets(inputs, credentialsOf(inputs, effects.account));
      if (plan.notice !== undefined) {
        const message = `${plan.notice} Nix was left as it is.`;
        runner.annotate({ level: 'notice', title: 'No key for the builders', message });
        runner.setOutput('stores', '{}');
        runner.setOutput('success', 'true');
        return 0;
      }
      const { runSetup } = await import('./setup/run-setup.ts');
      await runSetup(inputs, effects);
      return 0;
    }
    case 'doctor': {
      const { runDoctor } = await import('./doctor/run-doctor.ts');
      return runDoctor(inputs, effects);
    }
  }
}

/** Whoever looks at the job's page finds the error there, unless the run has said more of it already. */
async function summarise(message: string): Promise<void> {
  const { generateBuildSummary } = earlyInputs((name) => runner.input(name));
  if (!generateBuildSummary || runner.hasSummary()) return;
  const { renderEndedByError } = await import('./report/summary/ended-by-error.ts');
  await runner.writeSummary(renderEndedByError(message));
}

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
