import { expect } from 'vitest';
import { shellBuild } from '../support/action/flake.ts';
import { lostAttempts, namesByOutcome, troubleOf } from '../support/faults/run-results.ts';
import { naps, setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** Writes 6 MiB, 64 KiB at a time, over a few seconds. */
const writer = (name: string): string =>
  shellBuild({
    name,
    script: `/usr/bin/sleep 1; /bin/dd if=/dev/zero of="$out" bs=65536 count=96; /usr/bin/sleep 0.2`,
  });
const writers = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`writer-${index}`, writer(`writer-${index}`)]),
  );

test('builds on a full disk run again elsewhere, and the builder is drained with a warning', async () => {
  const checks = writers(16);
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8', diskMib: 96 },
      { name: 'b2', nix: '2.26.3' },
    ],
    checks,
  });
  await scene.untilBusy('b1', 4);
  const fill = (): Promise<void> => scene.farm.host('b1').fillDisk();
  const blow = await scene.strike('disk full in a build', 'b1', fill, 'its disk is full');
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  for (const { result } of lostAttempts(results, scene.nameOf('b1'))) expect(result).toBe('infrastructure');
  expect(troubleOf(results, scene.nameOf('b1'))).toMatchObject([
    expect.stringMatching(/its disk is full: \d+ MiB of 96 MiB are free in \/nix; it gets no builds/),
  ]);
  expect(step.annotations.filter(({ level }) => level === 'warning')).toHaveLength(1);
});

test('inputs that do not fit on a disk are brought elsewhere', async () => {
  const input = shellBuild({
    name: 'input',
    script: '/bin/dd if=/dev/urandom of="$out" bs=65536 count=480',
    requiredFeatures: ['source'],
  });
  const user = (name: string) =>
    shellBuild({
      name,
      script: 'echo "$input" > "$out"',
      needs: { input },
      requiredFeatures: ['user'],
    });
  const checks = Object.fromEntries(['u-0', 'u-1', 'u-2', 'u-3'].map((name) => [name, user(name)]));
  await using scene = await setScene({
    hosts: [
      { name: 'source', nix: '2.34.8', systemFeatures: ['source'], maxJobs: 1 },
      { name: 'small', nix: '2.26.3', systemFeatures: ['user'], diskMib: 24, maxJobs: 8 },
      { name: 'large', nix: '2.8.0', systemFeatures: ['user'], maxJobs: 1 },
    ],
    checks,
  });
  const { step, results } = await scene.end({
    fault: 'disk full in an upload',
    host: 'small',
    inFlight: 0,
    noticedSeconds: undefined,
  });
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: ['input', ...Object.keys(checks)].sort() });
  const users = results.builds.filter(({ name }) => name.startsWith('u-'));
  expect(users.map(({ builder }) => builder)).toEqual(Array(4).fill(scene.nameOf('large')));
  expect(troubleOf(results, scene.nameOf('small'))).toMatchObject([
    expect.stringMatching(/its disk is full: .* free in \/nix; it gets no builds/),
  ]);
});

test('a disk that has room again makes its builder used again', async () => {
  const checks = { ...writers(8), ...naps(30, 2) };
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.26.3', diskMib: 96 },
      { name: 'b2', nix: '2.8.0', maxJobs: 2 },
    ],
    checks,
  });
  await scene.untilBusy('b1', 4);
  const b1 = scene.farm.host('b1');
  await scene.strike('', 'b1', () => b1.fillDisk(), 'its disk is full');
  const blow = await scene.strike(
    'disk has room again',
    'b1',
    () => b1.freeDisk(),
    'its disk has room again',
  );
  const { step, results } = await scene.end(blow);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  expect(blow.noticedSeconds).toBeLessThan(12);
});

test('a build that only says that the disk is full has failed, after one more try elsewhere', async () => {
  const liar = shellBuild({ name: 'liar', script: 'echo "No space left on device" >&2; exit 1' });
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8' },
      { name: 'b2', nix: '2.8.0' },
    ],
    checks: { liar, good: shellBuild({ name: 'good' }) },
  });
  const { step, results } = await scene.end();
  expect(step.exitCode).toBe(1);
  expect(namesByOutcome(results)).toEqual({ built: ['good'], failed: ['liar'] });
  const { attempts } = results.builds.find(({ name }) => name === 'liar') ?? {};
  expect(attempts?.map(({ result }) => result)).toEqual(['failed', 'failed']);
  expect(new Set(attempts?.map(({ builder }) => builder)).size).toBe(2);
  for (const { trouble } of results.builders) expect(trouble).toEqual([]);
});
