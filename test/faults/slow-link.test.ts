import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { startFarm } from '../support/farm/farm.ts';
import { recordFault } from '../support/faults/record-fault.ts';
import { namesByOutcome, resultsOf } from '../support/faults/run-results.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const large = (name: string, feature: string) =>
  shellBuild({
    name,
    script: '/bin/dd if=/dev/urandom of="$out" bs=65536 count=192',
    requiredFeatures: [feature],
  });

test('over 1 MB/s and 300 ms nothing times out while bytes move', async () => {
  await using farm = await startFarm([
    { name: 'near', nix: '2.34.8', systemFeatures: ['near'] },
    { name: 'far', nix: '2.26.3', systemFeatures: ['far'] },
  ]);
  const far = farm.host('far');
  await using proxy = await startDelayProxy({
    target: { host: far.address, port: far.port },
    upDelayMs: 150,
    downDelayMs: 150,
    upBytesPerSecond: 1e6,
    downBytesPerSecond: 1e6,
  });
  const user = (name: string, input: string, feature: string) =>
    shellBuild({
      name,
      script: 'echo "$input" > "$out"',
      needs: { input },
      requiredFeatures: [feature],
    });
  const checks = {
    there: user('there', large('from-near', 'near'), 'far'),
    here: user('here', large('from-far', 'far'), 'near'),
  };
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const inputs = farmInputs(farm);
  const place = `${proxy.host}:${proxy.port}`;
  const step = await workspace.run(
    {
      ...inputs,
      builders: (inputs['builders'] ?? '').replace(far.address, place),
      known_hosts: `${inputs['known_hosts'] ?? ''}\n[${proxy.host}]:${proxy.port} ${far.hostKeyLine}`,
      keepalive: '5s',
    },
    { timeoutMs: 110_000 },
  );
  const results = resultsOf(step);
  expect(step.exitCode, step.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: ['from-far', 'from-near', 'here', 'there'] });
  // 12.6 MB each way, several times as long as keepalive.
  expect(step.seconds).toBeGreaterThan(12);
  expect(results.builders.map(({ trouble }) => trouble)).toEqual([[], []]);
  expect(results.builds.flatMap(({ attempts }) => attempts)).toHaveLength(4);
  await recordFault({
    fault: '12.6 MB each way at 1 MB/s and 300 ms (keepalive 5 s)',
    inFlight: 0,
    moved: 0,
    lost: 0,
    noticedSeconds: undefined,
    classes: [],
  });
});
