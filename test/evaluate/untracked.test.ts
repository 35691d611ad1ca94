import { expect } from 'vitest';
import type { NixVersion } from '../../scripts/provision/trees.ts';
import { describeError, DispatchError } from '../../src/errors.ts';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
/** Each says in words of its own that a file is not in git, or not at all. */
const VERSIONS: readonly NixVersion[] = ['2.8.0', '2.26.3', '2.34.8'];

const flake = `{
  outputs = _: {
    checks.x86_64-linux = {
      good = derivation { name = "good"; system = "x86_64-linux"; builder = "/bin/sh"; };
      imported = import ./package.nix;
      named = derivation { name = builtins.readFile ./name; system = "x86_64-linux"; builder = "/bin/sh"; };
    };
  };
}`;

for (const version of VERSIONS) {
  test(`Nix ${version}: what git does not know yet is to be added`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/README', 'a repository');
    await nix.git('f', 'init', '-q');
    await nix.git('f', 'add', '.');
    await nix.git('f', 'commit', '-q', '-m', 'begin');

    await nix.write('f/flake.nix', flake);
    expect(await refusalOf(nix.evaluate('/mnt/f'))).toMatch(adviceOn('flake.nix'));
    await nix.write('f/sub/flake.nix', flake);
    expect(await refusalOf(nix.evaluate('/mnt/f?dir=sub'))).toMatch(adviceOn('sub'));

    await nix.git('f', 'add', 'flake.nix');
    await nix.write('f/package.nix', 'throw "reached"');
    await nix.write('f/name', 'reached');
    const { jobs, failures } = await nix.evaluate('/mnt/f');
    expect(jobs.map(({ attr }) => attr)).toEqual(['good']);
    const messages = Object.fromEntries(failures.map(({ attr, message }) => [attr, message]));
    expect(messages['imported']).toMatch(adviceOn('package.nix'));
    expect(messages['named']).toMatch(adviceOn('name'));
  });
}

/** Of us, or of Nix itself. */
function adviceOn(file: string): RegExp {
  return new RegExp(
    String.raw`if ${file}\S* exists, \`git add\` it|git -C "/mnt/f" add "${file}(?:/flake\.nix)?"`,
  );
}

async function refusalOf(evaluation: Promise<unknown>): Promise<string> {
  const error = await evaluation.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof DispatchError ? describeError(error) : `no refusal: ${String(error)}`;
}
