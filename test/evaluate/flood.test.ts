import { expect } from 'vitest';
import type { NixVersion } from '../../scripts/provision/trees.ts';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
const L = 'x86_64-linux';
const MIB = 1024 ** 2;
const VERSIONS: readonly NixVersion[] = ['2.8.0', '2.34.8'];

const FLAKE = `{
  outputs = { self }: let
    make = name: derivation { inherit name; system = "${L}"; builder = "/bin/sh"; };
    twice = text: n: if n == 0 then text else twice (text + text) (n - 1);
    long = twice "0123456789abcdef" 24;
  in { checks.${L} = {
    good = make "good";
    long-trace = builtins.trace long (make "long-trace");
    many-traces = builtins.foldl' (last: n: builtins.trace "trace \${toString n}" last)
      (make "many-traces") (builtins.genList (n: n) 100000);
    long-error = throw long;
    long-name = make (twice "x" 12);
  }; };
}`;

for (const version of VERSIONS) {
  test(`Nix ${version}: a flake that prints without end costs neither memory nor the others`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/flake.nix', FLAKE);
    const before = process.memoryUsage.rss();
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss() - before);
    }, 20);
    const { jobs, failures, events } = await nix.evaluate('path:/mnt/f', { maxMemoryBytes: 3072 * MIB });
    clearInterval(timer);
    expect(jobs.map(({ attr }) => attr).toSorted()).toEqual(['good', 'long-trace', 'many-traces']);
    expect(failures.map(({ attr }) => attr).toSorted()).toEqual(['long-error', 'long-name']);
    for (const { message } of failures) expect(message.length).toBeLessThan(5000);
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    const shown = jobs.flatMap((job) => job.warnings).concat(warnings);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.join('').length).toBeLessThan(MIB);
    expect(peak).toBeLessThan(700 * MIB);
  });
}
