import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../src/errors.ts';
import { makeKeyPair } from '../../../support/farm/keys.ts';
import { credentialsFor, lineFor, open, refusal } from '../../../support/ssh/logins.ts';
import { rawServer } from '../../../support/ssh/raw-server.ts';
import { startSshServer } from '../../../support/ssh/ssh-server.ts';

const KEY = makeKeyPair('ed25519').privateKey;
const impatient = { privateKey: KEY, knownHosts: '', connectTimeoutMs: 600 };

describe('a host that cannot be logged in to', () => {
  it('has a name that nobody knows', async () => {
    const error = await refusal('ssh-ng://no-such-host.invalid', { ...impatient, connectTimeoutMs: 10_000 });
    expect(error).toMatchObject({ code: 'unreachable', host: 'no-such-host.invalid' });
    expect(error.message).toContain('the name in no-such-host.invalid port 22 cannot be looked up');
  });

  it('refuses the port', async () => {
    const { port } = await rawServer(() => {}).then((server) => {
      server[Symbol.dispose]();
      return server;
    });
    const error = await refusal(`ssh-ng://127.0.0.1:${port}`, impatient);
    expect(error).toMatchObject({ code: 'unreachable', host: `127.0.0.1:${port}` });
    expect(describeError(error)).toContain('refused the connection\nDoes sshd run there');
  });

  it('says nothing at all', async () => {
    using server = await rawServer(() => {});
    const error = await refusal(`ssh-ng://127.0.0.1:${server.port}`, impatient);
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error.message).toContain('within 0.6 s');
  });

  it('speaks something else', async () => {
    using server = await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await refusal(`ssh-ng://127.0.0.1:${server.port}`, impatient);
    expect(error.code).toBe('unreachable');
    expect(error.hint).toBeDefined();
  });

  it('does not know our key', async () => {
    await using server = await startSshServer();
    const error = await refusal(lineFor(server), credentialsFor(server, { privateKey: KEY }));
    expect(error).toMatchObject({ code: 'authentication', host: `127.0.0.1:${server.port}` });
    expect(error.message).toMatch(/does not let me in with the key ssh-ed25519 SHA256:[\w+/]{43}$/);
    expect(error.hint).toContain('~me/.ssh/authorized_keys');
  });

  it('is given no key', async () => {
    await using server = await startSshServer();
    const error = await refusal(lineFor(server), credentialsFor(server, { privateKey: undefined }));
    expect(error).toMatchObject({ code: 'authentication', hint: expect.stringContaining('ssh_key') });
    expect(server.connections()).toBe(0);
  });

  it('is to be given a key file that is not there', async () => {
    await using server = await startSshServer();
    const error = await refusal(
      lineFor(server, '- /no/such/key'),
      credentialsFor(server, { privateKey: undefined }),
    );
    expect(error).toMatchObject({ code: 'input' });
    expect(error.message).toContain('/no/such/key');
  });
});

describe('the host key', () => {
  it('is refused when nobody vouches for it, with the line to add', async () => {
    await using server = await startSshServer();
    const error = await refusal(lineFor(server), credentialsFor(server, { knownHosts: '' }));
    expect(error).toMatchObject({ code: 'host-key' });
    expect(error.message).toContain(`no known_hosts line names [127.0.0.1]:${server.port}`);
    expect(error.hint).toContain(server.knownHosts);
    expect(server.authAttempts()).toBe(0);
  });

  it('is refused when it is another, with both fingerprints, before anything is sent', async () => {
    await using server = await startSshServer();
    const knownHosts = `[127.0.0.1]:${server.port} ${makeKeyPair('ed25519').publicLine}`;
    const error = await refusal(lineFor(server), credentialsFor(server, { knownHosts }));
    expect(error).toMatchObject({ code: 'host-key', host: `127.0.0.1:${server.port}` });
    expect(error.message.match(/SHA256:[\w+/]{43}/g)).toHaveLength(2);
    expect(error.message).toContain('the input known_hosts expects');
    expect(server.authAttempts()).toBe(0);
  });

  it('is refused when the machine line names another, whatever known_hosts says', async () => {
    await using server = await startSshServer();
    const pinned = Buffer.from(makeKeyPair('ed25519').publicLine).toString('base64');
    const error = await refusal(lineFor(server, `x86_64-linux - - - - - ${pinned}`), credentialsFor(server));
    expect(error.message).toContain('its machine line expects');
  });

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'is asked for by the type that is known: %s',
    async (type) => {
      const hostKeys = [makeKeyPair('rsa'), makeKeyPair('ecdsa'), makeKeyPair('ed25519')];
      await using server = await startSshServer({ hostKeys, socket: 'daemon' });
      const knownHosts = server.knownHosts
        .split('\n')
        .filter((line) => line.includes(type === 'ecdsa' ? 'ecdsa-sha2' : `ssh-${type}`))
        .join('\n');
      using builder = await open(lineFor(server), credentialsFor(server, { knownHosts }));
      expect(builder.info.nixVersion).toBe('2.34.8');
    },
  );

  it('is told apart from a lost one when the host has only keys of other types', async () => {
    await using server = await startSshServer({ hostKeys: [makeKeyPair('rsa')] });
    const knownHosts = `[127.0.0.1]:${server.port} ${makeKeyPair('ed25519').publicLine}`;
    const error = await refusal(lineFor(server), credentialsFor(server, { knownHosts }));
    expect(error).toMatchObject({ code: 'host-key' });
    expect(error.message).toMatch(/offered the host key ssh-rsa .* expects ssh-ed25519/);
  });
});

describe('a busy server', () => {
  it('is tried again when it drops us before it looked at us', async () => {
    await using server = await startSshServer({ dropFirst: 2, socket: 'daemon' });
    using builder = await open(lineFor(server), credentialsFor(server));
    expect(builder.info.trust).toBe('trusted');
    expect(server.connections()).toBe(3);
  });

  it('is given up in the end', async () => {
    await using server = await startSshServer({ dropFirst: 99 });
    const error = await refusal(lineFor(server), credentialsFor(server));
    expect(error).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('MaxStartups') });
    expect(server.connections()).toBe(4);
  });
});
