import { describe, expect, it } from 'vitest';
import type { Builder } from '../../../../src/builders/builder.ts';
import { formatHostKey } from '../../../../src/builders/known-hosts/host-key.ts';
import { parseBuilders } from '../../../../src/builders/machine-lines/parse-builders.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { describeWithVectors } from '../../../support/vectors.ts';

const KEY_LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM';
const KEY_COLUMN = Buffer.from(`${KEY_LINE} a comment\n`).toString('base64');

const noInclude = (): undefined => undefined;
const parse = (text: string): Builder[] => parseBuilders(text, noInclude);

function faultsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof DispatchError && error.code === 'input') return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseBuilders', () => {
  it('reads every column', () => {
    const [builder] = parse(
      `ssh-ng://me@host:2222 x86_64-linux,i686-linux /key 8 2.5 kvm,big-parallel benchmark ${KEY_COLUMN}`,
    );
    expect(builder).toMatchObject({
      name: 'host:2222',
      address: { kind: 'ssh', user: 'me', host: 'host', port: 2222 },
      systems: ['x86_64-linux', 'i686-linux'],
      keyFile: '/key',
      maxJobs: 8,
      speedFactor: 2.5,
      supportedFeatures: ['kvm', 'big-parallel', 'benchmark'],
      mandatoryFeatures: ['benchmark'],
    });
    expect(builder?.hostKey && formatHostKey(builder.hostKey)).toBe(KEY_LINE);
  });

  it('takes defaults for dashes and for missing columns', () => {
    const defaults = {
      systems: [],
      keyFile: undefined,
      maxJobs: undefined,
      speedFactor: 1,
      hostKey: undefined,
    };
    expect(parse('ssh://h')[0]).toMatchObject(defaults);
    expect(parse('ssh://h - - - - - - -')[0]).toMatchObject(defaults);
    expect(parse('ssh://h - - - 0')[0]?.speedFactor).toBe(1);
  });

  it('splits on newlines and semicolons and leaves out comments', () => {
    const names = parse('a; b\n# c; d\n\n  e # f\r\ng;;').map(({ name }) => name);
    expect(names).toEqual(['a', 'b', 'e', 'g']);
  });

  it('puts included files in their place, missing ones too, but not for ever', () => {
    const files = new Map([
      ['/m', 'b; @/n'],
      ['/n', 'c'],
      ['/loop', '@/back'],
      ['/back', '@/loop'],
    ]);
    const read = (path: string): string | undefined => files.get(path);
    expect(parseBuilders('a\n@ /m\n@/missing\nd', read).map(({ name }) => name)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(() => parseBuilders('@/loop', read)).toThrow('/back line 1: /loop includes itself');
    expect(() => parseBuilders('@/missing', read)).toThrow('builders names no machine');
  });

  it('names every fault with its line and column', () => {
    const faults = faultsOf(`ssh://ok\nssh://h - - eight -1; ftp://x\n@/x\nssh://h:0 - - 1.5 1 a b !!`);
    expect(faults).toEqual([
      'builders line 2, column 4 (max jobs): expected a whole number, got "eight"',
      'builders line 2, column 5 (speed factor): expected a number not below 0, got "-1"',
      'builders line 2, column 1 (store URI): expected ssh-ng://[user@]host[:port], ssh://…, unix://… or local, got "ftp://x"',
      'builders line 4, column 4 (max jobs): expected a whole number, got "1.5"',
      expect.stringContaining('builders line 4, column 8 (host key): expected base64'),
      'builders line 4, column 1 (store URI): expected a port from 1 to 65535 after the host, got "0"',
    ]);
  });

  it('refuses a ninth column', () => {
    expect(faultsOf('ssh://h - - 1 1 a b - extra')).toEqual([
      'builders line 1, column 9: a machine line has at most 8 columns, got 9 ("extra"); lists have commas and no blanks',
    ]);
  });

  it.each([
    ['-', 'has to name a store URI'],
    [`h - - - - - - ${Buffer.from('ssh-rsa AAAA').toString('base64')}`, 'expected a public key line'],
    [
      `h - - - - - - ${Buffer.from(KEY_LINE.replace('ssh-ed25519 ', 'ssh-rsa ')).toString('base64')}`,
      'says that it is ssh-ed25519',
    ],
    ['ssh://', 'expected [user@]host'],
    ['ssh://@h', 'expected [user@]host'],
    ['ssh://-oProxyCommand=x', 'expected [user@]host'],
    ['h?compres=true', 'no store has a parameter called "compres"'],
    ['h?compress=yes', 'expected compress=true'],
    ['h?max-connections=0', 'from 1'],
    ['h?granularity=job', 'granularity=derivation'],
    ['h?store=/gnu/store', 'cannot share paths'],
    ['local?root=/tmp/x', 'no store has a parameter called "root"'],
    ['/some/path', 'expected ssh-ng://'],
  ])('refuses %j', (text, reason) => {
    expect(faultsOf(text)).toHaveLength(1);
    expect(faultsOf(text)[0]).toContain(reason);
  });

  it('reads the parameters that mean something', () => {
    const [builder] = parse(
      'ssh-ng://h?remote-program=/opt/nix%20dir/nix-daemon%20-v&remote-store=%2Fmnt&compress=true&max-connections=3&trusted=true&granularity=closure&ssh-key=/k&priority=1',
    );
    expect(builder?.parameters).toEqual({
      remoteProgram: ['/opt/nix', 'dir/nix-daemon', '-v'],
      remoteStore: '/mnt',
      compress: true,
      maxConnections: 3,
      trusted: true,
      granularity: 'closure',
    });
    expect(builder?.keyFile).toBe('/k');
    expect(parse('ssh://h?remote-program=/bin/nix-store')[0]?.parameters.remoteProgram).toEqual([
      '/bin/nix-daemon',
    ]);
  });

  it.each(['local', 'auto', 'daemon', 'local://', 'daemon://'])('takes %s for this machine', (uri) => {
    expect(parse(uri)[0]).toMatchObject({
      name: uri === 'local' ? 'local' : 'local',
      address: { kind: 'local' },
    });
  });

  it('reads a socket', () => {
    expect(parse('unix:///run/nix.sock')[0]?.address).toEqual({ kind: 'unix', socketPath: '/run/nix.sock' });
  });

  it('gives every builder a name of its own', () => {
    const names = parse('a@h; b@h; a@h; h; other; ssh://other:23').map(({ name }) => name);
    expect(names).toEqual(['a@h', 'b@h', 'a@h#2', 'h', 'other', 'other:23']);
  });
});

describe('parseBuilders with TOML', () => {
  const toml = `
version = 1
[machines.andesite]
uri = "ssh://lix@andesite.lix.systems"
system-types = ["i686-linux"]
ssh-key = "/home/git/.ssh/id_scratchy_auto"
jobs = 8
speed-factor = 1.5
supported-features = ["kvm"]
mandatory-features = ["benchmark"]
ssh-public-host-key = "${KEY_LINE}"
[machines.off]
uri = "h"
enable = false
`;

  it('reads machines that are enabled', () => {
    const builders = parse(toml);
    expect(builders).toHaveLength(1);
    expect(builders[0]).toMatchObject({
      name: 'andesite.lix.systems',
      systems: ['i686-linux'],
      maxJobs: 8,
      speedFactor: 1.5,
      supportedFeatures: ['kvm', 'benchmark'],
    });
    expect(builders[0]?.hostKey && formatHostKey(builders[0].hostKey)).toBe(KEY_LINE);
  });

  it.each([
    ['version = 2\n[machines.a]\nuri = "h"', 'builders line 1: expected version = 1'],
    ['version = 1\n[machines.a]\nuri = "h"\njobs = "8"', 'line 4: machine a: expected jobs to be a number'],
    ['version = 1\n[machines.a]\nuri = "h"\njobs = -1', 'line 4: machine a: expected jobs not to be below 0'],
    ['version = 1\n[machines.a]\nuri = "h"\nspeed = 1', 'line 4: machine a: unknown key speed'],
    ['version = 1\n[machines.a]\njobs = 1', 'line 2: machine a: has no uri'],
    ['version = 1\nmachines = 1', 'line 2: expected tables [machines.NAME]'],
    ['version = 1\n[machines.a\nuri = "h"', 'builders line 2:'],
    ['version = 1\nfoo = 1\n[machines.a]\nuri = "h"', 'unknown key foo'],
    ['version = 1\n[machines.a]\nuri = "ftp://h"', 'line 3: machine a: expected ssh-ng://'],
  ])('refuses %j', (text, fault) => {
    expect(faultsOf(text).join('\n')).toContain(fault);
  });
});

describeWithVectors('golden machine files', (vectors) => {
  it('reads the valid one through an include', () => {
    const builders = parseBuilders('@machines', () => vectors.text('nix/libstore/machines/valid'));
    expect(
      builders.map(
        ({ address, systems, keyFile, maxJobs, speedFactor, supportedFeatures, mandatoryFeatures }) => [
          address.kind === 'ssh' && `${address.user}@${address.host}`,
          systems.join(),
          keyFile,
          maxJobs,
          speedFactor,
          supportedFeatures.join(),
          mandatoryFeatures.join(),
        ],
      ),
    ).toEqual([
      ['nix@scratchy.labs.cs.uu.nl', 'i686-linux', '/home/nix/.ssh/id_scratchy_auto', 8, 1, 'kvm', ''],
      ['nix@itchy.labs.cs.uu.nl', 'i686-linux', '/home/nix/.ssh/id_scratchy_auto', 8, 2, '', ''],
      [
        'nix@poochie.labs.cs.uu.nl',
        'i686-linux',
        '/home/nix/.ssh/id_scratchy_auto',
        1,
        2,
        'kvm,benchmark',
        'benchmark',
      ],
    ]);
    const stated = vectors.text('nix/libstore/machines/valid').split(/\s+/).at(-2) ?? '';
    const key = builders[2]?.hostKey;
    expect(Buffer.from(stated, 'base64').toString()).toContain(key && formatHostKey(key));
  });

  it('refuses the bad one', () => {
    expect(() => parseBuilders('@bad', () => vectors.text('nix/libstore/machines/bad_format'))).toThrow(
      'bad line 1, column 4 (max jobs): expected a whole number, got "eight"',
    );
  });

  const references = vectors.list('nix/libstore/store-reference').filter((file) => file.startsWith('ssh'));

  it.each(references)('reads the address in %s', (file) => {
    const text = vectors.text(`nix/libstore/store-reference/${file}`).trim();
    // Without a port it means this machine.
    const [builder] = parse(text.replace(/\?.*/, '').replace(/\/localhost$/, '/localhost:22'));
    expect(builder?.address).toMatchObject({
      kind: 'ssh',
      user: /userinfo@/.test(text) ? 'userinfo' : undefined,
      host: expect.stringMatching(/^(localhost|::1|fea5:[0-9a-f:]+ea8e(%(eth0)?)?)$/),
    });
  });
});
