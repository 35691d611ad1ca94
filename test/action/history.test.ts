import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { concurrent, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', maxJobs: 1 }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

/** Builds a, b and c in new derivations, of which one is long; resolves to the one that was started first of them, and what is told and kept. */
async function build(long: string, history: string | undefined) {
  const opened = `/tmp/opened-${randomUUID()}`;
  const waiting = `until test -e ${opened}; do /usr/bin/sleep 0.05; done; /usr/bin/sleep 0.3; echo > "$out"`;
  // It ends when all that need it are known.
  const gate = shellBuild({ name: 'gate-1.0', script: waiting });
  const checks = ['a', 'b', 'c'].map((name) => [
    name,
    shellBuild({
      name: `${name}-1.0`,
      needs: { gate },
      script: `/usr/bin/sleep ${name === long ? 1 : 0.1}; echo > "$out"`,
    }),
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(checks) } });
  const home = join(workspace.folder, 'home');
  const running = await workspace.start({
    ...farmInputs(farm),
    ...(history === undefined ? {} : { history }),
  });
  await running.untilPrinted('evaluated 3 attributes');
  await farm.host('b1').mustExec(['touch', opened]);
  const step = await running.finished;
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

// Whatever the order is that jobs come in, c and a can't both be the first of it.
concurrent('a later run begins with what took longest, although its derivations are others', async () => {
  await using other = await createWorkspace({});
  const file = join(other.folder, 'durations.json');
  await build('c', file);
  const again = await build('c', file);
  expect(again.first).toBe('c-1.0');
  expect(again.kept).toBeUndefined();
});

concurrent('a history that is spoilt is written anew, with a notice', async () => {
  await using other = await createWorkspace({});
  const file = join(other.folder, 'durations.json');
  await writeFile(file, 'spoilt');
  const spoilt = await build('a', file);
  expect(JSON.stringify(spoilt.notices)).toContain(
    'durations.json was not used, and is written anew: it is not JSON',
  );
  expect((await build('a', file)).first).toBe('a-1.0');
});

concurrent('a history is kept at home unless somebody says otherwise', async () => {
  const [home, nowhere] = await Promise.all([build('a', undefined), build('a', 'false')]);
  expect(JSON.parse(home.kept ?? '')).toMatchObject({ version: 1 });
  expect(nowhere.kept).toBeUndefined();
});
