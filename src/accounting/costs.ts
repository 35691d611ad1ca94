import type { CpuTime } from './cpu-time.ts';
import { priceOfTime, splitByWeight } from './money.ts';
import type { Nanos } from './money.ts';
import { priceOfBuilder } from './prices.ts';
import type { PriceList } from './prices.ts';

/** A build, as far as it costs something. */
export interface PricedBuild {
  readonly drvPath: string;
  readonly cpu: CpuTime | undefined;
  /** Every time it ran, the failed ones included; the CPU time is that of the last. */
  readonly attempts: readonly {
    readonly builder: string;
    readonly startedAtMs: number;
    readonly finishedAtMs: number;
  }[];
}

/** What a run is billed for. */
export interface PricedRun {
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly builders: readonly { readonly name: string }[];
  readonly builds: readonly PricedBuild[];
}

/** What one build cost. */
export interface BuildCost {
  readonly amount: Nanos;
  /** Its CPU time is an upper bound, so the amount is one. */
  readonly isUpperBound: boolean;
}

/** What one builder cost. */
export interface BuilderCost {
  readonly builds: Nanos;
  /** Of a machine paid by the hour: the time in which nothing ran on it. */
  readonly idle: Nanos;
}

/** Costs of a run. The total is exactly the sum of all builds and of all idle time. */
export interface RunCosts {
  readonly currency: string;
  readonly total: Nanos;
  readonly idle: Nanos;
  readonly isUpperBound: boolean;
  /** Builds that ran where CPU time is paid for, but whose CPU time is not known. */
  readonly unpriced: number;
  readonly byBuild: ReadonlyMap<string, BuildCost>;
  readonly byBuilder: ReadonlyMap<string, BuilderCost>;
}

interface Ledger {
  readonly builds: Map<string, BuildCost>;
  readonly builders: Map<string, { builds: Nanos; idle: Nanos }>;
  unpriced: number;
}

/**
 * Prices a run. CPU time is paid by the build that used it. A machine's hours, from the start of the run to its end,
 * are shared: the time in which it was busy among what ran on it, by how long each ran; the rest is idle.
 */
export function costsOf(run: PricedRun, prices: PriceList): RunCosts {
  const ledger: Ledger = {
    builds: new Map(),
    builders: new Map(run.builders.map(({ name }) => [name, { builds: 0n, idle: 0n }])),
    unpriced: 0,
  };
  for (const build of run.builds) chargeCpu(ledger, build, prices);
  for (const { name } of run.builders) chargeHours(ledger, run, name, prices);
  const builders = [...ledger.builders.values()];
  const idle = builders.reduce((sum, cost) => sum + cost.idle, 0n);
  return {
    currency: prices.currency,
    total: builders.reduce((sum, cost) => sum + cost.builds, idle),
    idle,
    isUpperBound: [...ledger.builds.values()].some((cost) => cost.isUpperBound),
    unpriced: ledger.unpriced,
    byBuild: ledger.builds,
    byBuilder: ledger.builders,
  };
}

function chargeCpu(ledger: Ledger, build: PricedBuild, prices: PriceList): void {
  const builder = build.attempts.at(-1)?.builder;
  if (builder === undefined) return;
  const { perCpuHour } = priceOfBuilder(prices, builder);
  if (perCpuHour === undefined) return;
  if (build.cpu === undefined) ledger.unpriced += 1;
  else
    charge(
      ledger,
      build,
      builder,
      priceOfTime(perCpuHour, build.cpu.seconds),
      build.cpu.source === 'estimate',
    );
}

function chargeHours(ledger: Ledger, run: PricedRun, builder: string, prices: PriceList): void {
  const { perHour } = priceOfBuilder(prices, builder);
  if (perHour === undefined) return;
  const ran = run.builds.flatMap((build) =>
    build.attempts.filter((attempt) => attempt.builder === builder).map((attempt) => ({ build, attempt })),
  );
  const busyMs = unionMs(ran.map(({ attempt }) => attempt));
  const whole = priceOfTime(perHour, Math.max(busyMs, run.finishedAtMs - run.startedAtMs) / 1000);
  const busy = priceOfTime(perHour, busyMs / 1000);
  const shares = splitByWeight(
    busy,
    ran.map(({ attempt }) => attempt.finishedAtMs - attempt.startedAtMs),
  );
  for (const [index, { build }] of ran.entries()) charge(ledger, build, builder, shares[index] ?? 0n, false);
  const charged = shares.reduce((sum, share) => sum + share, 0n);
  accountOf(ledger, builder).idle += whole - charged;
}

function charge(
  ledger: Ledger,
  build: PricedBuild,
  builder: string,
  amount: Nanos,
  isUpperBound: boolean,
): void {
  const known = ledger.builds.get(build.drvPath);
  ledger.builds.set(build.drvPath, {
    amount: (known?.amount ?? 0n) + amount,
    isUpperBound: isUpperBound || known?.isUpperBound === true,
  });
  accountOf(ledger, builder).builds += amount;
}

function accountOf(ledger: Ledger, builder: string): { builds: Nanos; idle: Nanos } {
  const known = ledger.builders.get(builder);
  if (known !== undefined) return known;
  const account = { builds: 0n, idle: 0n };
  ledger.builders.set(builder, account);
  return account;
}

/** Milliseconds that at least one of the spans covers. */
function unionMs(spans: readonly { readonly startedAtMs: number; readonly finishedAtMs: number }[]): number {
  let covered = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const span of [...spans].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    covered += Math.max(0, span.finishedAtMs - Math.max(end, span.startedAtMs));
    end = Math.max(end, span.finishedAtMs);
  }
  return covered;
}
