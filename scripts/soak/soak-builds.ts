import type { RandomStream } from '../../src/dispatch/simulate/random.ts';
import { hostSystem, shellBuild } from '../../test/support/action/flake.ts';

/** Builds of a soak run, and how each has to end whatever happens to the machines. */
export interface SoakBuilds {
  /** Expressions by attribute. */
  readonly checks: Readonly<Record<string, string>>;
  readonly expected: ReadonlyMap<string, string>;
}

/** A build without output is ended after that long; longer than any that is well takes. */
export const silenceSeconds = 6;

const medianSeconds = 0.5;
const longestSeconds = 3;
const mostInputs = 3;

/** Draws so many builds: most succeed and many need others, some fail, some need one that fails, a few fall silent. */
export function drawBuilds(count: number, random: RandomStream): SoakBuilds {
  const checks: Record<string, string> = {};
  const expected = new Map<string, string>();
  const good: string[] = [];
  const failing: string[] = [];
  for (let index = 0; index < count; index++) {
    const fate = random.uniform();
    if (fate < 0.03) add('failed', `fails-${index}`, [], `${nap(random)}; echo it broke; exit 1`);
    else if (fate < 0.05 && failing.length > 0) {
      add('dependency-failed', `blocked-${index}`, [pick(failing, random)], end());
    } else if (fate < 0.055) {
      add('timed-out', `silent-${index}`, [], 'echo a last word; /usr/bin/sleep 1000');
    } else {
      const inputs = fate < 0.5 ? [] : Array.from({ length: 1 + draw(mostInputs, random) }, recentGood);
      const wanted = [...new Set(inputs.filter((name) => name !== undefined))];
      add('built', `good-${index}`, wanted, `${read(wanted)}${nap(random)}; ${end()}`);
    }
  }
  return { checks, expected };

  function add(outcome: string, name: string, inputs: readonly string[], script: string): void {
    const needs = Object.fromEntries(
      inputs.map((input, position) => [`input${position}`, `self.checks.${hostSystem}.${input}`]),
    );
    checks[name] = shellBuild({ name, script, needs });
    expected.set(name, outcome);
    if (outcome === 'built') good.push(name);
    if (outcome === 'failed') failing.push(name);
  }

  function recentGood(): string | undefined {
    const recent = good.slice(-60);
    return recent.length === 0 ? undefined : pick(recent, random);
  }
}

/** An input that is not there makes the build fail. */
function read(inputs: readonly string[]): string {
  return inputs.map((_, position) => `read -r line < "$input${position}"; `).join('');
}

function nap(random: RandomStream): string {
  return `/usr/bin/sleep ${Math.min(longestSeconds, random.logNormal(medianSeconds, 0.7)).toFixed(2)}`;
}

function end(): string {
  return 'echo "$name" > "$out"';
}

/** A whole number below `limit`. */
function draw(limit: number, random: RandomStream): number {
  return Math.floor(random.uniform() * limit);
}

/** One of them; throws when there is none. */
export function pick<T>(items: readonly T[], random: RandomStream): T {
  const item = items[draw(items.length, random)];
  if (item === undefined) throw new RangeError('expected something to pick from');
  return item;
}
