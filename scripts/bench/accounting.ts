// CPU time as it is reported against what the builds themselves measured, by kind of builder. Exit code 1 when one is off.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullResults } from '../../src/report/full-results.ts';
import { startFarm } from '../../test/support/farm/farm.ts';
import type { Farm } from '../../test/support/farm/farm.ts';
import { provisionFarm } from '../provision/provision.ts';
import { burns, secondsOfTimes } from './accounting/burns.ts';
import { subjects } from './accounting/subjects.ts';
import type { Subject } from './accounting/subjects.ts';
import { reportCases } from './case-report.ts';
import type { BenchCase } from './case-report.ts';
import { runAction } from './dispatch/contenders.ts';
import { writeFlake } from './dispatch/flakes.ts';

/** Whichever is larger may be the error of one build. */
const allowedShare = 0.05;
const allowedSeconds = 0.05;

async function measure(farm: Farm, subject: Subject, folder: string): Promise<BenchCase[]> {
  const host = farm.host(subject.host.name);
  await subject.prepare?.(host);
  const flake = await writeFlake(folder, burns);
  const machineLines = host.machineLine({ hostKey: false, ...subject.line });
  await runAction({ key: farm.clientKey, knownHosts: host.knownHostsLine, machineLines }, flake);
  const kept = join(flake.folder, '.nix-dispatch', 'bench');
  const results: FullResults = JSON.parse(await readFile(join(kept, 'results', 'results.json'), 'utf8'));
  return await Promise.all(
    burns.map(async ({ what }, index) => {
      const build = results.builds.find(({ name }) => name === `bench-${index}`);
      const log = await readFile(join(kept, 'logs', build?.logFile ?? ''), 'utf8');
      return judge(subject, what, build?.cpu ?? undefined, secondsOfTimes(log));
    }),
  );
}

function judge(
  { source, host, kind }: Subject,
  what: string,
  cpu: { readonly seconds: number; readonly source: string } | undefined,
  realSeconds: number | undefined,
): BenchCase {
  const reported = cpu?.seconds ?? Number.NaN;
  const real = realSeconds ?? Number.NaN;
  const error = Math.abs(reported - real);
  const isBound = source === 'estimate' && reported >= real - allowedSeconds;
  const isClose = error <= Math.max(allowedSeconds, allowedShare * real);
  return {
    bench: 'accounting',
    case: `${host.nix} ${kind}: ${what}`,
    value: error,
    unit: 's off',
    goal: source === 'estimate' ? 'a bound' : '<= 5 % or 0.05 s',
    holds: cpu?.source === source && (source === 'estimate' ? isBound : isClose),
    details: {
      realSeconds: Number(real.toFixed(3)),
      reportedSeconds: Number(reported.toFixed(3)),
      source: cpu?.source ?? 'none',
    },
  };
}

await provisionFarm(console.log);
const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-bench-'));
try {
  await using farm = await startFarm(subjects.map(({ host }) => host));
  const cases: BenchCase[] = [];
  // One after the other: what they measure is time, and the machine is shared.
  for (const subject of subjects) cases.push(...(await measure(farm, subject, folder)));
  console.table(
    cases.map(({ case: name, holds, details, value }) => ({
      case: name,
      ...details,
      off: Number(value.toFixed(3)),
      holds,
    })),
  );
  reportCases(cases);
} finally {
  await rm(folder, { recursive: true });
}
