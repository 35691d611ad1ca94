import { expect, inject } from 'vitest';
import { runSoak } from '../../scripts/soak/run-soak.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

// `npm run soak` does the same with twenty times as many builds.
test('a hundred builds end as they must while one machine after the other breaks', async () => {
  const soak = await runSoak({
    seed: 3,
    builds: 100,
    everySeconds: 2,
    keepalive: '5s',
    timeoutMs: 110_000,
    bundleFolder: inject('bundleFolder'),
    tell: () => {},
  });
  expect(soak.lost, soak.printed).toEqual([]);
  expect(soak.misjudged, soak.printed).toEqual([]);
  expect(soak.faults).toBeGreaterThan(3);
});
