import { expect } from 'vitest';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
const L = 'x86_64-linux';

const FLAKE = String.raw`{
  outputs = _: let
    make = name: derivation { inherit name; system = "${L}"; builder = "/bin/sh"; };
    foreign = name: derivation { inherit name; system = "aarch64-darwin"; builder = "/bin/sh"; };
  in {
    packages.${L} = {
      "weird.name" = make "weird"; "sl/ash:x" = make "slash"; "a b" = make "space"; "é😀" = make "unicode";
      "q\"uo'te" = make "quote"; "dollar\${x}" = make "dollar"; "back\\slash" = make "back"; "" = make "empty";
      "new\nline" = make "newline"; "let" = make "keyword";
      described = make "described" // {
        meta.description = "it's \"$(id)\"\n::error::x";
      };
    };
    checks.aarch64-darwin.a = foreign "foreign-1.0";
    apps.${L} = {
      run = { type = "app"; program = "${'${make "program-2.0"}'}/bin/run"; };
      plain = { type = "app"; program = "/bin/sh"; };
    };
    formatter.${L} = make "formatter";
    devShells.${L}.default = make "shell";
    legacyPackages.${L} = { a = make "legacy"; set = { recurseForDerivations = true; b = make "nested"; }; hidden = throw "x"; };
    hydraJobs = { tests.a.${L} = make "hydra"; release = make "release"; };
    nixosConfigurations.machine.config.system.build.toplevel = make "nixos";
    darwinConfigurations.mac.config.system.build.toplevel = foreign "darwin";
    homeConfigurations."me@host".activationPackage = make "home";
    mine.deep.er = make "mine";
  };
}`;

test('attribute names of every kind round-trip', async () => {
  await using nix = await VersionedNix.create('2.34.8');
  await nix.write('f/flake.nix', FLAKE);
  const { jobs, failures } = await nix.evaluate('path:/mnt/f', { topAttrs: ['packages'] });
  expect(failures).toEqual([]);
  expect(Object.fromEntries(jobs.map((job) => [job.attr, job.name]))).toEqual({
    '': 'empty',
    'a b': 'space',
    'back\\slash': 'back',
    described: 'described',
    // oxlint-disable-next-line no-template-curly-in-string -- it is the name
    'dollar${x}': 'dollar',
    let: 'keyword',
    'new\nline': 'newline',
    'q"uo\'te': 'quote',
    'sl/ash:x': 'slash',
    'weird.name': 'weird',
    'é😀': 'unicode',
  });
  expect(jobs.find((job) => job.attr === 'described')?.description).toBe('it\'s "$(id)"\n::error::x');
});

test('every kind of output leads to its derivation', async () => {
  await using nix = await VersionedNix.create('2.8.0');
  await nix.write('f/flake.nix', FLAKE);
  const { jobs, failures, events } = await nix.evaluate('path:/mnt/f', {
    topAttrs:
      'checks apps formatter devShells legacyPackages hydraJobs nixosConfigurations darwinConfigurations homeConfigurations mine.deep notThere'.split(
        ' ',
      ),
    label: String.raw`"\(.attr) [\(.system)]"`,
  });
  expect(failures.map((failure) => failure.path)).toEqual([['legacyPackages', L, 'hidden']]);
  expect(jobs.map((job) => `${job.topAttr}: ${job.label} ${job.name}`).sort()).toEqual([
    'apps: run [x86_64-linux] program-2.0',
    'checks: a [aarch64-darwin] foreign-1.0',
    'darwinConfigurations: mac [aarch64-darwin] darwin',
    'devShells: default [x86_64-linux] shell',
    'formatter: formatter [x86_64-linux] formatter',
    'homeConfigurations: me@host [x86_64-linux] home',
    'hydraJobs: release [x86_64-linux] release',
    'hydraJobs: tests.a [x86_64-linux] hydra',
    'legacyPackages: a [x86_64-linux] legacy',
    'legacyPackages: set.b [x86_64-linux] nested',
    'mine: deep.er [x86_64-linux] mine',
    'nixosConfigurations: machine [x86_64-linux] nixos',
  ]);
  expect(events.at(-1)).toMatchObject({ kind: 'finished', progress: { failed: 1, selected: 12 } });
});

test('names come before values: what the filter rules out is not evaluated', async () => {
  await using nix = await VersionedNix.create('2.26.3');
  await nix.write(
    'f/flake.nix',
    `{ outputs = _: {
      packages = throw "packages are not asked for";
      checks.${L} = { good = derivation { name = "good"; system = "${L}"; builder = "/bin/sh"; }; bad = throw "bad"; };
      checks.aarch64-linux = throw "nor is this system";
    }; }`,
  );
  const filter = `.top_attr == "checks" and .system == "${L}" and (.attr | test("^g"))`;
  const { jobs, failures, events } = await nix.evaluate('path:/mnt/f', { filter });
  expect(jobs.map((job) => job.attr)).toEqual(['good']);
  expect(failures).toEqual([]);
  expect(events.at(-1)).toMatchObject({ progress: { total: 1, pruned: 1 } });
  const unpruned = await nix.evaluate('path:/mnt/f', { filter: '.name == "good"' });
  expect(unpruned.jobs.map((job) => job.attr)).toEqual(['good']);
  expect(unpruned.failures.map((failure) => failure.message).sort()).toEqual([
    'bad',
    'nor is this system',
    'packages are not asked for',
  ]);
});

test('a flake that is not there, does not parse or has no outputs is one clear error', async () => {
  await using nix = await VersionedNix.create('2.26.3');
  await nix.write('broken/flake.nix', '{ outputs = ');
  await nix.write('throws/flake.nix', '{ outputs = _: throw "outputs thrown"; }');
  const errors = [
    [
      'path:/mnt/nothing',
      'evaluation',
      /cannot read the flake path:\/mnt\/nothing: .*(?:does not exist|No such file)/,
    ],
    [
      'path:/mnt/broken',
      'evaluation',
      /the flake path:\/mnt\/broken does not evaluate: syntax error.* at flake\.nix:1:/,
    ],
    ['path:/mnt/throws', 'evaluation', /cannot load the flake path:\/mnt\/throws\S*: outputs thrown/],
    ['.#x', 'input', /the flake reference "\.#x" has a fragment/],
  ] as const;
  for (const [flake, code, message] of errors) {
    await expect(nix.evaluate(flake), flake).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  }
});
