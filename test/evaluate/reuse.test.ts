import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { VersionedNix, type Evaluated } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);

const flakeOf = (extra: string): string => `{
  outputs = _: {
    checks.x86_64-linux = {
      a = builtins.trace "evaluated" (derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh"; });
      ${extra}
    };
  };
}`;

for (const version of NIX_VERSIONS) {
  test(`Nix ${version}: the same evaluation is not done twice while its .drv files are there`, async () => {
    await using nix = await VersionedNix.create(version);
    const cacheFolder = await mkdtemp(join(tmpdir(), 'evaluations-'));
    const evaluate = async (options = {}): Promise<{ isReused: boolean; evaluated: Evaluated }> => {
      const evaluated = await nix.evaluate('path:/mnt/f', { cacheFolder, ...options });
      const [first] = evaluated.events;
      return { isReused: first?.kind === 'resolved' && first.reusedFromMs !== undefined, evaluated };
    };
    try {
      await nix.write('f/flake.nix', flakeOf(''));
      const fresh = await evaluate();
      expect(fresh.isReused).toBe(false);
      const again = await evaluate();
      expect(again.isReused).toBe(true);
      expect(again.evaluated.jobs).toEqual(fresh.evaluated.jobs);
      expect(again.evaluated.events.at(-1)).toMatchObject({
        kind: 'finished',
        progress: { total: 1, selected: 1 },
      });
      expect((await evaluate({ filter: '.attr == "b"' })).isReused).toBe(false);

      await nix.run('store', 'gc');
      const afterGarbageCollection = await evaluate();
      expect(afterGarbageCollection.isReused).toBe(false);
      expect(afterGarbageCollection.evaluated.jobs).toHaveLength(1);

      await nix.write('f/flake.nix', flakeOf('b = throw "moody";'));
      expect((await evaluate()).isReused).toBe(false);
      // A failure may be of the moment.
      expect((await evaluate()).isReused).toBe(false);
    } finally {
      await rm(cacheFolder, { recursive: true });
    }
  });
}
