import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { annotationsOf, builtNames } from '../support/action/reading.ts';
import { refusalOf } from '../support/action/refusal.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { bookedCpuSeconds, startService, type ServiceStandIn } from '../support/nixbuild/service.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent: test, beforeAll, afterAll } = requires(farmRequirement);

const workflow = 'Build "all" of it\'s $(things)';
let farm: Farm;

beforeAll(async () => {
  farm = await startFarm([{ name: 'service', sshdConfig: ['MaxSessions 200'] }, { name: 'own' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

function start(): Promise<ServiceStandIn> {
  return startService(farm.host('service'), farm.clientKey);
}

/** Two builds, one of which needs the other, that nobody has built. */
function repository(): Promise<Workspace> {
  const library = shellBuild({ name: 'library' });
  return createWorkspace({
    checks: { [hostSystem]: { app: shellBuild({ name: 'app', needs: { library } }) } },
  });
}

interface FullBuild {
  readonly name: string;
  readonly cpu: { readonly seconds: number; readonly source: string } | null;
}

function buildsOf(step: StepResult): readonly FullBuild[] {
  const full = JSON.parse(step.kept['results/results.json'] ?? '{}') as { builds: readonly FullBuild[] };
  return full.builds;
}

test('a token is all that it takes; 23. settings and tags, 24. with quotes in them', async () => {
  await using service = await start();
  await using workspace = await repository();
  const step = await workspace.run(
    {
      ...service.inputs,
      nixbuild_token: service.token,
      settings: 'max-cpu = 2\n# a comment\nalways-substitute="true"',
      tags: 'tag2 = v\nGITHUB_ACTOR = somebody',
      prices: '127.0.0.1 4 cpu-hour',
    },
    { environment: { GITHUB_WORKFLOW: workflow, GITHUB_ACTOR: 'octocat', GITHUB_SHA: 'abc' } },
  );
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['app', 'library']);
  expect(new Set(service.sessions.map(({ command }) => command))).toEqual(new Set(['nix-daemon --stdio']));
  for (const { environment } of service.sessions) {
    expect(environment).toMatchObject({
      token: service.token,
      NIXBUILDNET_MAX_CPU: '2',
      NIXBUILDNET_ALWAYS_SUBSTITUTE: 'true',
      NIXBUILDNET_TAG_tag2: 'v',
      NIXBUILDNET_TAG_GITHUB_ACTOR: 'somebody',
      NIXBUILDNET_TAG_GITHUB_SHA: 'abc',
      NIXBUILDNET_TAG_GITHUB_WORKFLOW: workflow,
    });
  }
  expect(
    new Set(service.sessions.map((s) => s.environment['NIXBUILDNET_TAG_GITHUB_INVOCATION_ID'])).size,
  ).toBe(1);
  expect(`${step.printed}${step.summary}${JSON.stringify(step.kept)}`).not.toContain(service.token);
});

test('21. CPU time and cost come from the service', async () => {
  await using service = await start();
  await using workspace = await repository();
  const step = await workspace.run({
    ...service.inputs,
    nixbuild_token: service.token,
    prices: '127.0.0.1 4 cpu-hour',
  });
  expect(step.exitCode, step.printed).toBe(0);
  const cpu = { seconds: bookedCpuSeconds, source: 'service' };
  expect(buildsOf(step).map((build) => [build.name, build.cpu])).toEqual(
    expect.arrayContaining([
      ['app', cpu],
      ['library', cpu],
    ]),
  );
  expect(step.outputs.get('cpu_seconds')).toBe('180');
  // 180 s at 4 an hour.
  expect(step.summary).toContain('0.20 EUR');
  const [request] = service.requests;
  expect(request).toMatchObject({ path: '/builds', authorization: `Bearer ${service.token}` });
  expect(request?.query['tags']).toMatch(/^GITHUB_INVOCATION_ID:[0-9a-f-]{36}$/);
});

test('22. a failing usage API is a warning', async () => {
  await using service = await start();
  await using workspace = await repository();
  service.answerWith(500, 'out of order');
  const step = await workspace.run({ ...service.inputs, nixbuild_token: service.token });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.outputs.get('success')).toBe('true');
  expect(annotationsOf(step, 'warning')).toMatchObject([
    {
      title: 'The usage at nixbuild.net is not known',
      message: expect.stringContaining('status 500') as string,
    },
  ]);
});

test('a key alone builds too, and asks nothing of the API', async () => {
  await using service = await start();
  await using workspace = await repository();
  const step = await workspace.run({
    ...service.inputs,
    nixbuild_ssh_key: service.privateKey,
    tags: 'a = b',
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['app', 'library']);
  expect(service.requests).toEqual([]);
  expect(service.sessions[0]?.environment).toMatchObject({ NIXBUILDNET_TAG_a: 'b' });
  expect(service.sessions[0]?.environment).not.toHaveProperty('token');
});

test('a line of builders stands beside builders of one’s own', async () => {
  await using service = await start();
  await using workspace = await createWorkspace({
    checks: {
      [hostSystem]: {
        here: shellBuild({ name: 'here', requiredFeatures: ['own'] }),
        there: shellBuild({ name: 'there', requiredFeatures: ['big-parallel'] }),
      },
    },
  });
  const own = farmInputs(farm, [farm.host('own')]);
  const step = await workspace.run({
    ...own,
    ...service.inputs,
    nixbuild_token: service.token,
    builders: [
      farm.host('own').machineLine({ hostKey: false }).replace(' - ', ' own '),
      `ssh-ng://${service.inputs.nixbuild_host} ${hostSystem} - 8 1 big-parallel`,
    ].join('\n'),
  });
  expect(step.printed).toContain('there: built on 127.0.0.1');
});

test('18. another host key than the pinned one is refused', async () => {
  await using service = await start();
  await using workspace = await repository();
  const nixbuild_host_key = makeKeyPair('ed25519').publicLine;
  const inputs = { ...service.inputs, nixbuild_host_key, nixbuild_token: service.token };
  expect(refusalOf(await workspace.run(inputs), [service.token])).toMatch(
    /offered the host key ssh-ed25519 SHA256/,
  );
  expect(service.sessions).toEqual([]);
});

test('19. a token that is not valid is refused with what the service says', async () => {
  await using service = await start();
  await using workspace = await repository();
  const step = await workspace.run({ ...service.inputs, nixbuild_token: 'a-token-of-somebody-else' });
  const message = refusalOf(step);
  expect(message).toContain('invalid auth token');
  expect(step.printed).not.toContain('a-token-of-somebody-else');
});

test('an ID token of the workflow goes along where the job may have one', async () => {
  await using service = await start();
  await using workspace = await repository();
  const inputs = { ...service.inputs, nixbuild_token: service.token, oidc: 'true' };
  const step = await workspace.run(inputs, {
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${service.inputs.nixbuild_api}/id-token?v=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    },
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(service.requests[0]?.authorization).toBe('Bearer bearer');
  // A token may be good only together with it, for the API too.
  expect(service.requests.at(-1)).toMatchObject({ path: '/builds', idToken: 'id-for-nixbuild.net' });
  for (const { environment } of service.sessions) {
    expect(environment['NIXBUILDNET_OIDC_ID_TOKEN']).toBe('id-for-nixbuild.net');
  }
  expect(refusalOf(await workspace.run(inputs))).toContain('id-token: write');
});

test('the doctor looks at it as far as a service without a shell lets it', async () => {
  await using service = await start();
  await using workspace = await repository();
  const step = await workspace.run({
    ...service.inputs,
    mode: 'doctor',
    nixbuild_token: service.token,
    builders: `ssh-ng://${service.inputs.nixbuild_host} ${hostSystem} - 8 1 big-parallel`,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.printed).toMatch(/good\s+build\s+x86_64-linux in/);
  expect(step.printed).toMatch(/-\s+disk/);
  expect(step.annotations.map(({ level }) => level)).toEqual(['notice']);
});
