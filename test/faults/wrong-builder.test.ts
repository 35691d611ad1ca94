import { expect } from 'vitest';
import { shellBuild } from '../support/action/flake.ts';
import type { Farm } from '../support/farm/farm.ts';
import { lostAttempts, namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const hosts = [
  { name: 'bad', nix: '2.34.8' },
  { name: 'good', nix: '2.26.3' },
] as const;

/** From now on whatever a build runs by the shell ends like this; all else on the machine goes on. */
function breakBuilds(ending: string): (farm: Farm) => Promise<void> {
  return async (farm) => {
    const shell = `#!/bin/bash\nif [ -n "$NIX_BUILD_TOP" ]; then ${ending}; fi\nexec /bin/dash "$@"\n`;
    const install = ['bash', '-c', 'cat > /bin/sh.new && chmod 755 /bin/sh.new && mv /bin/sh.new /bin/sh'];
    await farm.host('bad').mustExec(install, { input: shell });
  };
}

test('a builder that gets every build wrong is left out, and nothing is called failed', async () => {
  const checks = naps(24, 1);
  await using scene = await setScene({ hosts, checks, prepare: breakBuilds('kill -KILL $$') });
  const words = 'quarantined: 3 builds in a row failed there and succeeded elsewhere';
  await scene.step.untilPrinted(words);
  const { step, results } = await scene.end({
    fault: 'a builder kills every build',
    host: 'bad',
    inFlight: 4,
    noticedSeconds: undefined,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(troubleOf(results, scene.nameOf('bad'))).toEqual([words]);
  expect(step.annotations).toMatchObject([{ level: 'warning', message: words }]);
  expect(step.summary).toContain(words);
  // Those that it had when the first failed, and a few more until three of them had succeeded elsewhere.
  const lost = lostAttempts(results, scene.nameOf('bad'));
  expect(lost.length).toBeLessThan(10);
  expect(new Set(lost.map(({ result }) => result))).toEqual(new Set(['infrastructure']));
});

test('a build that is killed everywhere has failed, after one more try', async () => {
  const checks = {
    greedy: shellBuild({ name: 'greedy', script: 'kill -KILL $$' }),
    ...naps(4, 1),
  };
  await using scene = await setScene({ hosts, checks });
  const { step, results } = await scene.end();
  expect(step.exitCode).toBe(1);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(naps(4, 1)).sort(), failed: ['greedy'] });
  const attempts = results.builds.find(({ name }) => name === 'greedy')?.attempts ?? [];
  expect(new Set(attempts.map(({ builder }) => builder)).size).toBe(2);
  expect(attempts.map(({ result }) => result)).toEqual(['failed', 'failed']);
});

test('a build that fails by itself is tried once', async () => {
  const checks = { broken: shellBuild({ name: 'broken', script: 'exit 1' }), ...naps(4, 1) };
  await using scene = await setScene({ hosts, checks });
  const { step, results } = await scene.end();
  expect(step.exitCode).toBe(1);
  expect(namesByOutcome(results)).toMatchObject({ failed: ['broken'] });
  expect(results.builds.find(({ name }) => name === 'broken')?.attempts).toHaveLength(1);
});
