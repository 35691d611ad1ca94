import { expect } from 'vitest';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
const L = 'x86_64-linux';

const FLAKE = `{
  nixConfig.allow-import-from-derivation = false;
  outputs = _: let
    make = name: derivation { inherit name; system = "${L}"; builder = "/bin/sh"; };
  in {
    packages.${L} = {
      environment = make "env-\${builtins.getEnv "SECRET"}-";
      system = make "system-\${builtins.currentSystem}";
      file = make (builtins.readFile /etc/hostname);
      path = import <nixpkgs> { };
      import = make (import (derivation {
        name = "imported"; system = "${L}"; builder = "/bin/sh"; args = [ "-c" "echo '\\"imported\\"' > $out" ];
      }));
    };
  };
}`;

for (const version of NIX_VERSIONS) {
  test(`Nix ${version}: evaluation is pure, and impure where nix_args say so`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/flake.nix', FLAKE);
    const environment = { ...nix.environment, SECRET: 'hunter2', NIX_PATH: 'nixpkgs=/mnt/f' };
    const pure = await nix.evaluate('path:/mnt/f', { environment });
    // The flake's own settings are not accepted, so import from derivation works as Nix has it by default.
    expect(pure.jobs.map((job) => job.name).sort()).toEqual(['env--', 'imported']);
    expect(pure.failures.map((failure) => failure.attr).sort()).toEqual(['file', 'path', 'system']);

    const impure = await nix.evaluate('path:/mnt/f', { environment, nixArgs: ['--impure'] });
    expect(impure.jobs.map((job) => job.name)).toContain('env-hunter2-');
    expect(impure.jobs.map((job) => job.name)).toContain(`system-${L}`);
  });

  test(`Nix ${version}: a setting that it does not know is a warning, and log options change nothing`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/flake.nix', FLAKE);
    const { jobs, events } = await nix.evaluate('path:/mnt/f', {
      nixConf: 'of-another-nix = 1',
      // Older versions choose the format of the log by it.
      nixArgs: ['--print-build-logs'],
      timeoutMs: 20_000,
    });
    expect(jobs.map((job) => job.name)).toContain('env--');
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings.filter((text) => text.includes('of-another-nix'))).toHaveLength(1);
  });

  test(`Nix ${version}: without import from derivation the attribute fails and says what to set`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/flake.nix', FLAKE);
    const { failures } = await nix.evaluate('path:/mnt/f', {
      nixConf: 'allow-import-from-derivation = false',
    });
    const failure = failures.find((candidate) => candidate.attr === 'import');
    expect(failure?.message).toContain('Set "allow-import-from-derivation = true" in nix_conf');
  });
}
