import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeCacheKey, type CacheKey } from '../support/action/cache-key.ts';
import { startArtifactService } from '../support/action/artifact-service.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { watchDescendants, type SeenProcess } from '../support/action/process-watch.ts';
import { secretLines } from '../support/action/refusal.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type ActionInputs } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let signingKey: CacheKey;
beforeAll(async () => {
  signingKey = await makeCacheKey('secret-test-1');
  farm = await startFarm([{ name: 'b1' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** Tokens that nothing else contains. */
const tokens = {
  access: 'ghp_accessTokenOfTheTest0123456789',
  runtime: `e30.${Buffer.from('{"scp":"Actions.Results:run:job","of":"the test"}').toString('base64url')}.e30`,
  workflow: 'ghs_workflowTokenOfTheTest0123456789',
  identity: 'eyJ0eXAi.identityTokenOfTheTest.c2lnbmF0dXJl',
};
const debugging = {
  RUNNER_DEBUG: '1',
  ACTIONS_STEP_DEBUG: 'true',
  ACTIONS_RUNNER_DEBUG: 'true',
  NODE_DEBUG: '',
};
const imported = shellBuild({ name: 'imported', script: 'echo \'{ text = "imported"; }\' > "$out"' });

interface Run {
  readonly step: StepResult;
  readonly processes: readonly SeenProcess[];
  /** Everything that it left on disk, by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Runs the action with all kinds of secrets, and watches. */
async function runWithSecrets(
  inputs: ActionInputs,
  environment: Readonly<Record<string, string>>,
): Promise<Run> {
  const build = shellBuild({ name: 'looks', script: 'export -p >&2; echo > "$out"' });
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        looks: build,
        // Its name is the output of another build, which evaluation has to wait for.
        late: shellBuild({ name: 'late' }).replace('"late"', `(import ${imported}).text`),
        fails: shellBuild({ name: 'fails', script: 'export -p >&2; exit 1' }),
      },
    },
  });
  await using service = await startArtifactService();
  const running = await workspace.start(
    {
      ...farmInputs(farm),
      github_access_token: tokens.access,
      check_runs: 'true',
      github_token: tokens.workflow,
      push_to: `file://${join(workspace.folder, 'cache')}`,
      push_signing_key: signingKey.secret,
      ...inputs,
    },
    {
      environment: {
        ...service.environment,
        // Nobody listens there: that check runs can't be made is a notice, and must not quote the token.
        GITHUB_API_URL: 'http://127.0.0.1:1',
        GITHUB_SHA: 'a'.repeat(40),
        GITHUB_TOKEN: tokens.workflow,
        GH_TOKEN: tokens.workflow,
        ...environment,
        ACTIONS_RUNTIME_TOKEN: tokens.runtime,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: tokens.identity,
      },
    },
  );
  const watch = watchDescendants(running.pid);
  const step = await running.finished;
  const processes = await watch.stop();
  const entries = await readdir(workspace.folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const));
  return { step, processes, files: new Map(texts) };
}

const secrets = (): readonly string[] => [
  ...secretLines(farm.clientKey),
  ...Object.values(tokens),
  signingKey.secret.split(':')[1]?.trim() ?? '',
];
const holdsSecret = (text: string): boolean => secrets().some((secret) => text.includes(secret));

const cases = [
  { name: 'on a builder', inputs: {}, environment: {} },
  { name: 'on a builder, with debug logs', inputs: {}, environment: debugging },
  {
    name: 'here, with debug logs',
    inputs: { builders: 'local', nix_args: '--impure' },
    environment: debugging,
  },
  { name: 'nowhere, as no builder lets us in', inputs: { known_hosts: '' }, environment: debugging },
];

for (const { name, inputs, environment } of cases) {
  test(`a run ${name} shows no secret to anybody who does not need it`, async () => {
    const { step, processes, files } = await runWithSecrets(inputs, environment);
    expect(step.printed).toContain(name.startsWith('nowhere') ? 'no known_hosts line' : 'looks: built on');
    expect(holdsSecret(step.printed)).toBe(false);
    expect(holdsSecret(step.summary)).toBe(false);
    expect(holdsSecret(JSON.stringify([...step.outputs]))).toBe(false);
    expect([...files].flatMap(([path, text]) => (holdsSecret(text) ? [path] : []))).toEqual([]);

    expect(processes.flatMap(({ argv }) => argv).filter(holdsSecret)).toEqual([]);
    const given = processes.flatMap(({ argv, environment }) =>
      environment
        .filter(holdsSecret)
        .map((line) => [argv[0]?.split('/').at(-1), line.split('=')[0]].join(' ')),
    );
    // Evaluation fetches inputs, some of them with git; what it starts to have something built inherits its environment.
    expect(new Set(given)).toEqual(
      new Set(given.filter((place) => /^(?:nix|git|build-remote|bash|perl|node) NIX_CONFIG$/.test(place))),
    );
    // Where no builder can be used, evaluation may not have begun.
    if (name.startsWith('nowhere')) return;
    expect(given).toContain('nix NIX_CONFIG');
    const config = processes
      .flatMap((process) => process.environment)
      .filter((line) => line.startsWith('NIX_CONFIG='));
    expect(config.some((line) => line.includes(`extra-access-tokens = github.com=${tokens.access}`))).toBe(
      true,
    );
  });
}
