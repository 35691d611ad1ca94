import { describe, expect, it } from 'vitest';
import { parseJump } from '../../../../src/builders/ssh-config/jump.ts';
import { parseSshOptions } from '../../../../src/builders/ssh-config/ssh-options.ts';

describe('NIX_SSHOPTS', () => {
  it.each([
    ['', []],
    ['-p 2222', [['port', '2222']]],
    [
      '-p2222 -i "/a b"',
      [
        ['port', '2222'],
        ['identityfile', '/a b'],
      ],
    ],
    [
      '-4xAC -l me',
      [
        ['compression', 'yes'],
        ['user', 'me'],
      ],
    ],
    ['-xp 7', [['port', '7']]],
    [
      '-o Port=7 -oUser=me',
      [
        ['port', '7'],
        ['user', 'me'],
      ],
    ],
    [
      '-o "IdentityFile /a b" -o ControlPath=none',
      [
        ['identityfile', '/a b'],
        ['controlpath', 'none'],
      ],
    ],
    ['-J a,b -S /x -c aes128-ctr', [['proxyjump', 'a,b']]],
    ['-o UserKnownHostsFile="/a /b"', [['userknownhostsfile', '/a', '/b']]],
  ])('%j say %j', (text, expected) => {
    const { directives } = parseSshOptions(text);
    expect(directives.map(({ name, words }) => [name, ...words])).toEqual(expected);
  });

  it('may name a file', () => {
    expect(parseSshOptions('-F /etc/x').configFile).toBe('/etc/x');
    expect(parseSshOptions('-4').configFile).toBeUndefined();
  });

  it.each(['host', '-p', '-%', '--port 2', '-o', '-o =x', '-i "'])('are refused with %j', (text) => {
    expect(() => parseSshOptions(text)).toThrow('NIX_SSHOPTS');
  });
});

describe('a host to jump through', () => {
  it.each([
    ['h', { user: undefined, host: 'h', port: undefined }],
    ['me@h:22', { user: 'me', host: 'h', port: 22 }],
    ['a@b@h', { user: 'a@b', host: 'h', port: undefined }],
    ['[::1]:2222', { user: undefined, host: '::1', port: 2222 }],
    ['me@fe80::1%eth0', { user: 'me', host: 'fe80::1%eth0', port: undefined }],
    ['ssh://me@h:1/', { user: 'me', host: 'h', port: 1 }],
  ])('is read from %j', (text, jump) => {
    expect(parseJump(text)).toEqual(jump);
  });

  it.each(['', '@h', 'h:', 'h:0', 'h:x', 'h:70000', '-oProxyCommand=x', 'a b', '[h', 'ssh://'])(
    'is not %j',
    (text) => {
      expect(parseJump(text)).toBeUndefined();
    },
  );
});
