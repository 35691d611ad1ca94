import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullResults } from '../../../src/report/full-results.ts';
import { startFarm } from '../../../test/support/farm/farm.ts';
import { atMost, type BenchCase } from '../case-report.ts';
import { runAction } from '../dispatch/contenders.ts';
import { openSite } from '../dispatch/site.ts';
import { slowFlake } from './flakes.ts';

/** About 20 s of evaluation on two cores. */
const ATTRIBUTES = 450;
const WORK = 750_000;

/** How long the first build waits in a run of the whole action, on a flake that takes long to evaluate. */
export async function streamingCases(): Promise<readonly BenchCase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-streaming-'));
  try {
    await using farm = await startFarm([{ name: 'b1' }]);
    await using site = await openSite(farm, 4, 0);
    await writeFile(join(folder, 'flake.nix'), slowFlake(ATTRIBUTES, WORK));
    const inputs = { flake: `path:${folder}`, eval_cache: 'false' };
    await runAction(site, { folder, attributes: [] }, inputs);
    const { startedAt, evaluationSeconds, builds }: FullResults = JSON.parse(
      await readFile(join(folder, '.nix-dispatch/bench/results/results.json'), 'utf8'),
    );
    const starts = builds.map((build) => Date.parse(build.startedAt ?? ''));
    const first = (Math.min(...starts) - Date.parse(startedAt)) / 1000;
    const bench = 'eval';
    return [
      { bench, case: 'streaming: all evaluated', value: evaluationSeconds, unit: 's' },
      atMost(evaluationSeconds / 10, {
        bench,
        case: 'streaming: first build dispatched',
        value: first,
        unit: 's',
        details: { builds: starts.length },
      }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}
