import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** Builds a, b and c in new derivations, of which one is long; resolves to the one that was started first of them, and what is told and kept. */
async function build(farm: Farm, long: string, history: string | undefined) {
  // While it runs, all that need it become known.
  const gate = shellBuild({ name: 'gate-1.0', script: '/usr/bin/sleep 0.8; echo > "$out"' });
  const checks = ['a', 'b', 'c'].map((name) => [
    name,
    shellBuild({
      name: `${name}-1.0`,
      needs: { gate },
      script: `/usr/bin/sleep ${name === long ? 1.5 : 0.2}; echo > "$out"`,
    }),
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(checks) } });
  const home = join(workspace.folder, 'home');
  const step = await workspace.run({
    ...farmInputs(farm),
    ...(history === undefined ? {} : { history }),
  });
  expect(step.exitCode, step.printed).toBe(0);
  const { builds, notices } = JSON.parse(step.kept[join('results', 'results.json')] ?? '');
  const starts = builds.map(
    ({ name, startedAt }: { name: string; startedAt: string }) => `${startedAt} ${name}`,
  );
  const first: string = starts.toSorted()[1].split(' ')[1];
  const kept = await readFile(join(home, '.cache', 'nix-dispatch', 'history.json'), 'utf8').catch(
    () => undefined,
  );
  return { first, notices, kept };
}

test('a later run begins with what took longest, although its derivations are others', async () => {
  await using farm = await startFarm([{ name: 'b1', maxJobs: 1 }]);
  await using other = await createWorkspace({});
  const file = join(other.folder, 'durations.json');
  await build(farm, 'c', file);
  const again = await build(farm, 'c', file);
  expect(again.first).toBe('c-1.0');
  expect(again.kept).toBeUndefined();

  await writeFile(file, 'spoilt');
  const spoilt = await build(farm, 'a', file);
  expect(JSON.stringify(spoilt.notices)).toContain(
    'durations.json was not used, and is written anew: it is not JSON',
  );
  // Whatever the order is that jobs come in, the two can't both be the first of it.
  expect((await build(farm, 'a', file)).first).toBe('a-1.0');

  expect(JSON.parse((await build(farm, 'a', undefined)).kept ?? '')).toMatchObject({ version: 1 });
  expect((await build(farm, 'a', 'false')).kept).toBeUndefined();
}, 120_000);
