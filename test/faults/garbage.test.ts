import { expect } from 'vitest';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import type { Host } from '../support/farm/host.ts';
import { namesByOutcome } from '../support/faults/run-results.ts';
import { setScene } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

/** Three layers, each build of which needs two of the layer below. */
function layers(width: number, depth: number): Readonly<Record<string, string>> {
  const expressions: Record<string, string> = {};
  let below: readonly (readonly [string, string])[] = [];
  for (let level = 0; level < depth; level++) {
    const layer = Array.from({ length: width }, (_, index) => {
      const name = `g-${level}-${index}`;
      const needs = Object.fromEntries(
        [below[index], below[(index + 1) % width]].flatMap((one, position) =>
          one === undefined ? [] : [[`input${position}`, `self.checks.${hostSystem}.${one[0]}`]],
        ),
      );
      const check = Object.keys(needs).map((variable) => `read -r line < "$${variable}"`);
      const script = [...check, '/usr/bin/sleep 0.3', `echo ${name} > "$out"`].join('\n');
      const expression = shellBuild({ name, script, needs });
      expressions[name] = expression;
      return [name, expression] as const;
    });
    below = layer;
  }
  return expressions;
}

/** Collects garbage on a host again and again until told to stop; resolves with how often. */
async function collect(host: Host, isOver: () => boolean): Promise<number> {
  let rounds = 0;
  while (!isOver()) {
    await host.mustExec(['nix-store', '--gc']);
    rounds++;
  }
  return rounds;
}

test('a garbage collection on every builder during the whole run takes nothing that is needed', async () => {
  const checks = layers(10, 5);
  await using scene = await setScene({
    hosts: [
      { name: 'b1', nix: '2.34.8', maxJobs: 3 },
      { name: 'b2', nix: '2.26.3', maxJobs: 3 },
      { name: 'b3', nix: '2.8.0', maxJobs: 3 },
    ],
    checks,
  });
  let isOver = false;
  const collecting = Promise.all(scene.farm.hosts.map((host) => collect(host, () => isOver)));
  const { step, results } = await scene.end({
    fault: 'garbage collections on all builders, without a break',
    host: 'b1',
    inFlight: 0,
    noticedSeconds: undefined,
  });
  isOver = true;
  const rounds = await collecting;
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  for (const count of rounds) expect(count).toBeGreaterThan(5);
  expect(results.builds.flatMap(({ attempts }) => attempts)).toHaveLength(50);
});
