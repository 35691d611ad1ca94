// Builds that do nothing, so that only overhead is left: this action beside Nix's build hook and a single remote store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFarm } from '../../test/support/farm/farm.ts';
import { provisionFarm } from '../provision/provision.ts';
import { atMost, reportCases } from './case-report.ts';
import { compareOverhead } from './dispatch/compare.ts';
import { trivialBuilds } from './dispatch/flakes.ts';
import { openSite } from './dispatch/site.ts';

await provisionFarm(console.log);
const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-bench-'));
try {
  await using farm = await startFarm([
    { name: 'b1', nix: '2.34.8', maxJobs: 4 },
    { name: 'b2', nix: '2.26.3', maxJobs: 4 },
  ]);
  await using site = await openSite(farm, 4, 0);
  const { action, hook, remoteStore } = await compareOverhead(folder, site, trivialBuilds(100), {
    rounds: 3,
    hookRounds: 1,
  });
  const details = { actionSeconds: action, hookSeconds: hook, remoteStoreSeconds: remoteStore };
  const bench = 'overhead';
  reportCases([
    { bench, case: 'this action', value: action, unit: 's' },
    { bench, case: 'build hook, both builders', value: hook, unit: 's' },
    { bench, case: 'one remote store', value: remoteStore, unit: 's' },
    atMost(1 / 12, { bench, case: 'action ÷ build hook', value: action / hook, unit: '×', details }),
    atMost(0.9, { bench, case: 'action ÷ one remote store', value: action / remoteStore, unit: '×' }),
  ]);
} finally {
  await rm(folder, { recursive: true });
}
