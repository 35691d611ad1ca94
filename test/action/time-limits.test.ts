// What nothing but a limit of time ends. Each waits for one, so they run side by side.
import { basename } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { buildBeside } from '../support/action/hostile-builder.ts';
import { createLibraryWorkspace } from '../support/action/library-flake.ts';
import { annotationsOf, jobsOf, outputsOf } from '../support/action/reading.ts';
import { refusalOf } from '../support/action/refusal.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startHttpCache } from '../support/caches/http-cache.ts';
import { cat, greeting, int, next, str } from '../support/daemon/bytes.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';
import { pour, startImpostor, startTurncoat } from '../support/ssh/turncoat.ts';

const { concurrent, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'good', systemFeatures: ['on-good'] }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

concurrent('a builder that greets with words without end is left out, named, with what came', async () => {
  const words = cat(...Array.from({ length: 1000 }, () => next('wait')));
  let greetings = 0;
  await using server = await startImpostor((channel) => {
    greetings += 1;
    // It is tried again, and then need not take as long.
    if (greetings > 1) return void channel.write(cat(int(0x4e495832), int(294)));
    channel.write(greeting(37));
    let heard = 0;
    channel.on('data', (hello: Buffer) => {
      heard += hello.length;
      // What it says itself comes behind the client's hello.
      if (heard > 16 && heard - hello.length <= 16) {
        channel.write(cat(str('2.34.8'), int(1)));
        pour(channel, () => words);
      }
    });
  });
  const { trouble, printed } = await buildBeside(farm, server);
  expect(trouble.join('\n'), printed).toMatch(/within 20 s/);
});

concurrent(
  'a builder that sends nothing at all instead of building costs its build and nothing else',
  async () => {
    await using server = await startTurncoat(() => {});
    const { host, bait, printed } = await buildBeside(farm, server);
    expect(bait, printed).toMatchObject({ builder: host, outcome: 'timed-out' });
    expect(bait?.message, printed).toMatch(/ran longer than 8 s \(build_timeout\)/);
  },
);

concurrent('a filter that never ends is ended', async () => {
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { hello: shellBuild({ name: 'hello' }) } },
  });
  const inputs = { ...farmInputs(farm), filter_builds: 'until(.attr == 1; .)' };
  const step = await workspace.run(inputs, { timeoutMs: 80_000 });
  expect(step.outputs.get('success')).toBe('false');
  expect(refusalOf(step, [farm.clientKey])).toMatch(
    /^filter_builds: jq gave no result: it did not end within \d+ s\nThe expression is: until\(\.attr == 1; \.\)\n/,
  );
});

concurrent('each push target gets everything it can have, although one never answers', async () => {
  await using workspace = await createLibraryWorkspace();
  await using cache = await startHttpCache();
  await using silent = await startHttpCache({ ignores: (method) => method === 'PUT' });
  const inputs = {
    push_to: `${silent.url} http://127.0.0.1:1 ${cache.url}`,
    push_required: 'true',
    nix_conf: 'stalled-download-timeout = 3\ndownload-attempts = 1',
  };
  const step = await workspace.run({ ...farmInputs(farm), ...inputs }, { timeoutMs: 80_000 });
  expect(step.exitCode).toBe(1);
  const failures = annotationsOf(step, 'error').filter(({ title }) => title === 'Push failed');
  expect(failures.map(({ message }) => message).join('\n')).toMatch(/127\.0\.0\.1:1\b/);
  expect(failures).toHaveLength(2);
  expect(Object.values(jobsOf(step)).map(({ success }) => success)).toEqual([true, true]);
  for (const path of outputsOf(step)) {
    expect([...cache.files.keys()]).toContain(`/${basename(path).slice(0, 32)}.narinfo`);
  }
});
