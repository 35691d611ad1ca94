import { expect } from 'vitest';
import { NIX_VERSIONS } from '../../scripts/provision/trees.ts';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
const L = 'x86_64-linux';

const FLAKE = `{
  inputs.other.url = "path:/mnt/other";
  outputs = { self, other }: {
    packages.${L} = {
      revision = derivation {
        name = "r-\${self.shortRev or self.dirtyShortRev or "none"}-\${toString (self.lastModified or 0)}-\${other.name}";
        system = "${L}"; builder = "/bin/sh"; src = ./.;
      };
      source = derivation { name = "source"; system = "${L}"; builder = "/bin/sh"; src = ../file; };
      "weird.name" = derivation { name = "weird"; system = "${L}"; builder = "/bin/sh"; };
      outputs = derivation {
        name = "outputs"; system = "${L}"; builder = "/bin/sh"; outputs = [ "out" "dev" ];
      };
      bad = throw "bad";
    };
    checks.aarch64-linux.foreign = derivation { name = "foreign"; system = "aarch64-linux"; builder = "/bin/sh"; };
  };
}`;

for (const version of NIX_VERSIONS) {
  test(`Nix ${version}: .drv paths are those of \`nix build\`, for clean and dirty trees, sub-directories and path: flakes`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('other/flake.nix', '{ outputs = _: { name = "other"; }; }');
    await nix.write('repo/file', 'file');
    await nix.write('repo/sub/flake.nix', FLAKE);
    await nix.git('repo', 'init', '--quiet');
    await nix.git('repo', 'add', '.');
    await nix.git('repo', 'commit', '--quiet', '--message=first');
    // Nix writes the lock file; committed, the tree is clean.
    await nix.run('flake', 'lock', 'git+file:///mnt/repo?dir=sub');
    await nix.git('repo', 'add', '.');
    await nix.git('repo', 'commit', '--quiet', '--message=lock');

    const compare = async (reference: string, missing: readonly string[]): Promise<string | undefined> => {
      const { jobs, failures, events } = await nix.evaluate(reference);
      const good = ['outputs', 'revision', 'source', 'weird.name'].filter((name) => !missing.includes(name));
      expect(jobs.map((job) => job.attr).sort()).toEqual(['foreign', ...good].sort());
      expect(failures.map((failure) => failure.attr).sort()).toEqual(['bad', ...missing].sort());
      for (const job of jobs) expect(job.drvPath).toBe(await nix.derivationOf(reference, job.path));
      const outputs = jobs.find((job) => job.attr === 'outputs')?.outputs;
      expect([...(outputs?.keys() ?? [])].sort()).toEqual(['dev', 'out']);
      const bad = failures.find((failure) => failure.attr === 'bad');
      expect(bad).toMatchObject({
        message: 'bad',
        position: { file: expect.stringMatching(/^(?:sub\/)?flake\.nix$/) },
      });
      const [resolved] = events;
      return resolved?.kind === 'resolved' ? resolved.flake.lockedUrl : undefined;
    };

    expect(await compare('git+file:///mnt/repo?dir=sub', [])).toMatch(/rev=/);
    // A file above the flake is out of its reach.
    expect(await compare('path:/mnt/repo/sub', ['source'])).toMatch(/narHash=/);
    await nix.write('repo/sub/new', 'new');
    await nix.git('repo', 'add', '.');
    expect(await compare('git+file:///mnt/repo?dir=sub', [])).toBeUndefined();
  });
}
