import type { BenchBuild } from '../dispatch/flakes.ts';

/** A build that prints what it used, as the shell's `times` tells it from inside. */
export interface Burn extends BenchBuild {
  readonly what: string;
}

const count = (loops: number): string => `i=0; while [ $i -lt ${loops} ]; do i=$((i+1)); done`;
const tell = 'times; echo > $out';

/** From nothing to seconds; in the shell itself, in children of it, in two of them at once. */
export const burns: readonly Burn[] = [
  { what: 'nothing', script: tell },
  { what: 'short', script: `${count(300_000)}; ${tell}` },
  { what: 'long', script: `${count(3_000_000)}; ${tell}` },
  { what: 'child', script: `( ${count(1_500_000)} ); ${tell}` },
  { what: 'two children', script: `( ${count(800_000)} ) & ( ${count(800_000)} ) & wait; ${tell}` },
];

/** CPU seconds of what `times` printed: user and system, of the shell and of its children. Undefined for other text. */
export function secondsOfTimes(log: string): number | undefined {
  const found = [...log.matchAll(/(\d+)m(\d+\.\d+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return found.length === 4 ? found.reduce((sum, seconds) => sum + seconds, 0) : undefined;
}
