import { describe, expect, it } from 'vitest';
import { withBuilders } from '../../../../src/setup/configure/nix-settings.ts';

const line = (name: string, job: string): string =>
  `ssh-ng://localhost?remote-program=/tmp/nd-${job}/${name}-0 x86_64-linux - 4 1 - -`;
const wanted = { machineLines: [line('b1', 'aaaaaa')], buildsElsewhereOnly: true, nixConf: '' };

describe('withBuilders', () => {
  it('adds the builders, and lets nothing be built here', () => {
    expect(withBuilders('', wanted)).toBe(
      `builders = ${line('b1', 'aaaaaa')}\nbuilders-use-substitutes = true\nmax-jobs = 0\nbuild-poll-interval = 1\naccept-flake-config = false`,
    );
  });

  it('keeps what the job had set, its builders too', () => {
    const before =
      'max-jobs = 3\nbuilders = @/etc/nix/machines ; ssh://mine\nbuilders-use-substitutes = false\nbuild-poll-interval = 9\naccept-flake-config = true\n';
    expect(withBuilders(before, wanted)).toBe(
      `${before.trimEnd()}\nbuilders = @/etc/nix/machines;ssh://mine;${line('b1', 'aaaaaa')}`,
    );
  });

  it('replaces a builder of the same name that an earlier step of the job set up, and keeps others', () => {
    const before = `builders = ${line('b1', 'bbbbbb')};${line('b2', 'bbbbbb')}`;
    expect(withBuilders(before, wanted).split('\n')[1]).toBe(
      `builders = ${line('b2', 'bbbbbb')};${line('b1', 'aaaaaa')}`,
    );
  });

  it('leaves builders alone where the daemon learns of them by another way', () => {
    expect(withBuilders('cores = 2', { ...wanted, machineLines: [] })).toBe(
      'cores = 2\nmax-jobs = 0\nbuild-poll-interval = 1\naccept-flake-config = false',
    );
  });

  it('lets the user have the last word, and builds here where asked to', () => {
    const here = { ...wanted, buildsElsewhereOnly: false, nixConf: 'builders-use-substitutes = false' };
    expect(withBuilders('', here).split('\n').slice(1)).toEqual([
      'builders-use-substitutes = true',
      'build-poll-interval = 1',
      'accept-flake-config = false',
      'builders-use-substitutes = false',
    ]);
  });
});
