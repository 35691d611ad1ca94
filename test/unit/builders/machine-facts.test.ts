import { describe, expect, it } from 'vitest';
import { parseMachineFacts, systemOfUname } from '../../../src/builders/machine-facts.ts';

const settings = JSON.stringify({
  system: { value: 'x86_64-linux' },
  'extra-platforms': { value: ['i686-linux', 'x86_64-linux'] },
  'system-features': { value: ['kvm', 'big-parallel'] },
});

describe('parseMachineFacts', () => {
  it('takes systems and features from the settings', () => {
    expect(parseMachineFacts(`${settings}\n\nnix-dispatch-uname Linux aarch64\n`)).toEqual({
      systems: ['x86_64-linux', 'i686-linux'],
      systemFeatures: ['kvm', 'big-parallel'],
    });
  });

  it('is not confused by an rc file that prints', () => {
    expect(
      parseMachineFacts(`Welcome!\n${settings}\n\nnix-dispatch-uname Linux x86_64\n`)?.systems,
    ).toHaveLength(2);
  });

  it.each([
    'x;ssh-ng://localhost?remote-program=sh',
    'x\npost-build-hook = sh',
    'x y',
    'x,y',
    'x#',
    '@/f',
    '',
    'x'.repeat(101),
  ])('leaves out %j, which would be more than a name in a machine line', (word) => {
    const claims = {
      system: { value: 'x86_64-linux' },
      'extra-platforms': { value: [word, 'i686-linux'] },
      'system-features': { value: [word, 'gccarch-x86-64-v3'] },
    };
    expect(parseMachineFacts(JSON.stringify(claims))).toEqual({
      systems: ['x86_64-linux', 'i686-linux'],
      systemFeatures: ['gccarch-x86-64-v3'],
    });
    const output = JSON.stringify({ ...claims, system: { value: word } });
    expect(parseMachineFacts(`${output}\nnix-dispatch-uname Linux x86_64\n`)?.systems).toEqual([
      'x86_64-linux',
    ]);
  });

  it.each(['', '{', '{"system":1}', '{"system":{"value":""}}', '[]'])(
    'falls back to uname after %j',
    (output) => {
      expect(parseMachineFacts(`${output}\nnix-dispatch-uname Darwin arm64\n`)).toEqual({
        systems: ['aarch64-darwin'],
        systemFeatures: [],
      });
    },
  );

  it('knows nothing of a host that says nothing', () => {
    expect(parseMachineFacts('')).toBeUndefined();
    expect(parseMachineFacts('nix-dispatch-uname')).toBeUndefined();
  });
});

describe('systemOfUname', () => {
  it.each([
    ['Linux', 'x86_64', 'x86_64-linux'],
    ['Linux', 'aarch64', 'aarch64-linux'],
    ['Linux', 'i586', 'i686-linux'],
    ['Linux', 'riscv64', 'riscv64-linux'],
    ['Darwin', 'arm64', 'aarch64-darwin'],
    ['FreeBSD', 'amd64', 'x86_64-freebsd'],
    ['MINGW64_NT', 'x86_64', undefined],
    ['Linux', '', undefined],
    ['Linux', '$(reboot)', undefined],
  ])('%s on %s is %s', (kernel, machine, system) => {
    expect(systemOfUname(kernel, machine)).toBe(system);
  });
});
