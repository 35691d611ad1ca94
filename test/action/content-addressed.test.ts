import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { builtNames, jobsOf } from '../support/action/reading.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  const features = ['ca-derivations', 'all'];
  farm = await startFarm([
    { name: 'b1', nix: '2.34.8', systemFeatures: [...features, 'on-b1'] },
    { name: 'b2', nix: '2.26.3', systemFeatures: [...features, 'on-b2'] },
    { name: 'b3', nix: '2.8.0', systemFeatures: [...features, 'on-b3'] },
  ]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const nix_conf = 'extra-experimental-features = ca-derivations';
const outputOf = (step: StepResult, attr: string): string =>
  jobsOf(step)[`checks.${hostSystem}.${attr}`]?.outputs?.['out'] ?? '';

const on = (place: string) => [`on-${place}`];
const reads = (what: string): string => `read -r line < "$${what}"; echo "$line, $${what}" > "$out"`;

test('outputs that are addressed by content travel to dependants on other builders', async () => {
  const library = shellBuild({
    name: 'library',
    script: 'echo library > "$out"',
    contentAddressed: true,
    requiredFeatures: on('b1'),
  });
  const floating = shellBuild({
    name: 'floating',
    script: reads('library'),
    needs: { library },
    contentAddressed: true,
    requiredFeatures: on('b2'),
  });
  const places = ['b1', 'b2', 'b3'];
  const deferred = places.map((place) => [
    `deferred-${place}`,
    shellBuild({
      name: `deferred-${place}`,
      script: reads('floating'),
      needs: { floating },
      requiredFeatures: on(place),
    }),
  ]);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: Object.fromEntries(deferred) } });
  const step = await workspace.run({ ...farmInputs(farm), nix_conf });
  expect(step.exitCode, step.printed).toBe(0);
  expect(builtNames(step)).toEqual(['deferred-b1', 'deferred-b2', 'deferred-b3', 'floating', 'library']);
  for (const place of places) {
    const text = await farm.host(place).mustExec(['cat', outputOf(step, `deferred-${place}`)]);
    expect(text).toMatch(/^library, \/nix\/store\/\w{32}-library, \/nix\/store\/\w{32}-floating\n$/);
  }
  // The runner's Nix takes them, so their paths are what Nix would have given them.
  const again = await workspace.run({ ...farmInputs(farm), nix_conf });
  for (const place of places) {
    expect(outputOf(again, `deferred-${place}`)).toBe(outputOf(step, `deferred-${place}`));
  }
});

for (const place of ['b1', 'b2', 'b3']) {
  test(`derivation by derivation and as closures they get the same paths on ${place}`, async () => {
    const library = shellBuild({ name: 'library', script: 'echo library > "$out"', contentAddressed: true });
    const floating = shellBuild({
      name: 'floating',
      script: reads('library'),
      needs: { library },
      contentAddressed: true,
    });
    const deferred = shellBuild({ name: 'deferred', script: reads('floating'), needs: { floating } });
    await using workspace = await createWorkspace({ checks: { [hostSystem]: { deferred, floating } } });
    const hosts = [farm.host(place)];
    const alone = await workspace.run({ ...farmInputs(farm, hosts), nix_conf });
    expect(alone.exitCode, alone.printed).toBe(0);
    expect(alone.printed).not.toContain('whole closures only');
    await farm.host(place).mustExec(['nix-collect-garbage']);
    const closures = await workspace.run({ ...farmInputs(farm, hosts, { user: 'stranger' }), nix_conf });
    expect(closures.exitCode, closures.printed).toBe(0);
    expect(closures.printed).toContain('whole closures only');
    for (const attr of ['deferred', 'floating']) {
      expect(outputOf(closures, attr)).toMatch(/^\/nix\/store\//);
      expect(outputOf(alone, attr)).toBe(outputOf(closures, attr));
    }
  });
}
