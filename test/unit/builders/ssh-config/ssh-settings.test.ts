import { describe, expect, it } from 'vitest';
import { directivesFor, type ConfigText } from '../../../../src/builders/ssh-config/directives.ts';
import { settingsOf } from '../../../../src/builders/ssh-config/ssh-settings.ts';
import { DispatchError } from '../../../../src/errors.ts';

const account = { home: '/home/me', user: 'me', environment: { KEYS: '/k' } };

function settings(text: string, host = 'b1', files: Readonly<Record<string, string>> = {}) {
  const target = { host, user: undefined, localUser: account.user };
  const include = (name: string): readonly ConfigText[] =>
    files[name] === undefined ? [] : [{ name, text: files[name] }];
  return settingsOf(directivesFor([{ name: 'config', text }], target, include), target, account);
}

describe('settings of ssh_config', () => {
  it('are those of a host without any', () => {
    expect(settings('')).toEqual({
      hostName: 'b1',
      port: undefined,
      user: undefined,
      identityFiles: undefined,
      certificateFiles: [],
      identityAgent: undefined,
      identitiesOnly: false,
      hostKeyAlias: undefined,
      userKnownHostsFiles: undefined,
      globalKnownHostsFiles: undefined,
      revokedHostKeysFile: undefined,
      proxyJump: [],
      proxyCommand: undefined,
      environment: {},
      compress: false,
    });
  });

  it('are of each name the first that applies, of identity files all', () => {
    const text = `
      Host b1
        HostName 10.0.0.1
        port=2222
        IdentityFile ~/.ssh/one
      Host b*
        Port 22
        User builder
        IdentityFile "~/with blank"
        ProxyJump me@jump:2200,[::1]
        SetEnv NIXBUILDNET_MAX_CPU=4 "B=x y"
        Compression yes`;
    expect(settings(text)).toMatchObject({
      hostName: '10.0.0.1',
      port: 2222,
      user: 'builder',
      identityFiles: ['/home/me/.ssh/one', '/home/me/with blank'],
      proxyJump: ['me@jump:2200', '[::1]'],
      environment: { NIXBUILDNET_MAX_CPU: '4', B: 'x y' },
      compress: true,
    });
    expect(settings(text, 'other')).toMatchObject({ hostName: 'other', port: undefined, proxyJump: [] });
  });

  it.each([
    ['Host !b1 *\n  Port 1', undefined],
    ['Host b? !b2\n  Port 1', 1],
    ['Host a B1\n  Port 1', 1],
    ['Match all\n  Port 1', 1],
    ['Match host b*,c\n  Port 1', 1],
    ['Match host c\n  Port 1', undefined],
    ['Match !host c\n  Port 1', 1],
    ['Match originalhost b1 user me\n  Port 1', 1],
    ['Match user root\n  Port 1', undefined],
    ['Match localuser me\n  Port 1', 1],
    ['HostName h2\nMatch host h2\n  Port 1', 1],
    ['Match final host b1\n  Port 1\nHost b1\n  Port 2', 2],
    ['Match exec "true"\n  Port 1', undefined],
    ['Match !exec "false"\n  Port 1', undefined],
    ['Match tagged x\n  Port 1', undefined],
    ['Port 70000', undefined],
    ['Port x', undefined],
  ])('of %j have the port %s', (text, port) => {
    expect(settings(text).port).toBe(port);
  });

  it('has paths with variables', () => {
    const text =
      'CertificateFile ${KEYS}/c\nCertificateFile none\nRevokedHostKeys ${KEYS}/r\nIdentityFile ${KEYS}/${NONE}\nUserKnownHostsFile ${KEYS}/hosts\nHostName ${KEYS}';
    expect(settings(text)).toMatchObject({
      certificateFiles: ['/k/c'],
      revokedHostKeysFile: '/k/r',
      identityFiles: ['/k/${NONE}'],
      userKnownHostsFiles: ['/k/hosts'],
      hostName: '${KEYS}',
    });
  });

  it('replace tokens', () => {
    const text = 'HostName %h.example.org\nIdentityFile %d/%n-%r-%p-%u\nUser u%%\nPort 7';
    expect(settings(text)).toMatchObject({
      hostName: 'b1.example.org',
      identityFiles: ['/home/me/b1-u%-7-me'],
      user: 'u%',
    });
  });

  it('know none', () => {
    const text = 'ProxyJump none\nIdentityFile none\nUserKnownHostsFile none\nGlobalKnownHostsFile none';
    expect(settings(text)).toMatchObject({
      proxyJump: [],
      identityFiles: [],
      userKnownHostsFiles: [],
      globalKnownHostsFiles: [],
    });
  });

  it('take the first of ProxyJump and ProxyCommand', () => {
    expect(settings('ProxyJump a\nProxyCommand nc %h %p')).toMatchObject({
      proxyJump: ['a'],
      proxyCommand: undefined,
    });
    expect(settings('ProxyCommand nc %h %p\nProxyJump a')).toMatchObject({
      proxyJump: [],
      proxyCommand: 'nc %h %p',
    });
    expect(settings('ProxyCommand none\nProxyJump a').proxyJump).toEqual([]);
  });

  it('include files where they stand, and only where that applies', () => {
    const files = { '~/one': 'Port 1\nHost b1\n  User in', two: 'User two' };
    expect(settings('Include ~/one\nPort 2\nUser out', 'b1', files)).toMatchObject({ port: 1, user: 'in' });
    expect(settings('Host c\n  Include two', 'b1', files).user).toBeUndefined();
    expect(settings('Host b1\n  Include two missing', 'b1', files).user).toBe('two');
  });

  it('refuse files that include themselves, and text that is no configuration', () => {
    expect(() => settings('Include me', 'b1', { me: 'Include me' })).toThrow(
      'me includes itself, or too many files',
    );
    expect(() => settings('Host "b1\n  Port 1')).toThrow(DispatchError);
    expect(() => settings('Host "b1\n  Port 1')).toThrow('config is no ssh_config');
  });
});
