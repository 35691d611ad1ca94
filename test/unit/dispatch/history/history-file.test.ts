import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openHistory } from '../../../../src/dispatch/history/history-file.ts';
import type { TimedDerivation } from '../../../../src/dispatch/history/durations.ts';
import { drv, facts } from '../../../support/dispatch/derivations.ts';

const timed = (name: string): TimedDerivation => ({
  drvPath: drv(name),
  facts: facts(name),
  granularity: 'derivation',
});

let folder = '';
let notices: string[] = [];
const notice = (message: string): void => void notices.push(message);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-history-'));
  notices = [];
});
afterEach(() => rm(folder, { recursive: true }));

it('remembers from one run to the next, in a folder that it makes', async () => {
  const file = join(folder, 'deep', 'history.json');
  const first = await openHistory(file, notice);
  first.durations.note(timed('a'), 40, 1);
  await first.keep();
  expect((await openHistory(file, notice)).durations.expectedSeconds(timed('a'))).toBe(40);
  expect(notices).toEqual([]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'deep'))).toEqual(['history.json']);
});

it('loses nothing of two runs at a time', async () => {
  const file = join(folder, 'history.json');
  const [one, other] = [await openHistory(file, notice), await openHistory(file, notice)];
  one.durations.note(timed('a'), 1, 1);
  other.durations.note(timed('b'), 2, 1);
  await one.keep();
  await other.keep();
  const { durations } = await openHistory(file, notice);
  expect([durations.expectedSeconds(timed('a')), durations.expectedSeconds(timed('b'))]).toEqual([1, 2]);
});

it('begins anew, with a notice, where it can read nothing', async () => {
  const file = join(folder, 'history.json');
  await writeFile(file, '{"version":99}');
  const history = await openHistory(file, notice);
  expect(notices).toEqual([`${file} was not used, and is written anew: expected version 1, got 99`]);
  await history.keep();
  expect(await readFile(file, 'utf8')).toBe('{"version":99}');
  history.durations.note(timed('a'), 1, 1);
  await history.keep();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1 });
});

it('only says so when it can write nothing', async () => {
  await writeFile(join(folder, 'file'), '');
  const history = await openHistory(join(folder, 'file', 'history.json'), notice);
  history.durations.note(timed('a'), 1, 1);
  await history.keep();
  expect(notices.at(-1)).toMatch(/could not be written: /);
});

it('touches nothing without a file', async () => {
  const history = await openHistory(undefined, notice);
  history.durations.note(timed('a'), 1, 1);
  await history.keep();
  expect(await readdir(folder)).toEqual([]);
});
