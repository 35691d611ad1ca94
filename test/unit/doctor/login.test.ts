import { describe, expect, it } from 'vitest';
import { loginFindings, type LoginTarget } from '../../../src/doctor/checks/login.ts';
import { DispatchError, type ErrorCode } from '../../../src/errors.ts';

const target: LoginTarget = {
  host: 'big.example.org',
  port: 2222,
  user: 'builder',
  addresses: ['192.0.2.7'],
  publicKey: 'ssh-ed25519 AAAAKEY',
  usesAgent: false,
  isChecked: true,
};

function failed(code: ErrorCode, message: string, details: { systemCode?: string; hint?: string } = {}) {
  const cause = Object.assign(new Error(message), { code: details.systemCode });
  return loginFindings(target, new DispatchError(code, message, { cause, hint: details.hint }));
}

/** What the last finding tells to change. */
function codes(findings: ReturnType<typeof loginFindings>): readonly string[] {
  return findings.at(-1)?.remedies.flatMap(({ code }) => code ?? []) ?? [];
}

describe('loginFindings', () => {
  it('passes every stage of a login that came about', () => {
    const passed = loginFindings(target, undefined).map(({ check, verdict, detail }) => [
      check,
      verdict,
      detail,
    ]);
    expect(passed).toEqual([
      ['resolve', 'good', '192.0.2.7'],
      ['connect', 'good', 'big.example.org port 2222'],
      ['host key', 'good', 'the expected one'],
      ['login', 'good', 'builder, ssh-ed25519'],
    ]);
  });

  it.each<[string, string[], ErrorCode, string, string | undefined]>([
    ['a name that nobody knows', [], 'unreachable', 'cannot be looked up', 'ENOTFOUND'],
    ['name servers that are silent', [], 'unreachable', 'cannot be looked up', 'EAI_AGAIN'],
    ['a closed port', ['resolve'], 'unreachable', 'refused the connection', 'ECONNREFUSED'],
    ['no answer', ['resolve'], 'unreachable', 'no answer within 20 s', 'ETIMEDOUT'],
    ['another key', ['resolve', 'connect'], 'host-key', 'offered the host key', undefined],
    [
      'a key that opens nothing',
      ['resolve', 'connect', 'host key'],
      'authentication',
      'does not let in',
      undefined,
    ],
    ['a text that is no key', [], 'input', 'cannot be used', undefined],
    ['a jump host that leads nowhere', ['resolve'], 'unreachable', 'jump cannot reach big', undefined],
    ['no Nix', ['resolve', 'connect', 'host key', 'login'], 'not-nix', 'got nothing', undefined],
    ['an old Nix', ['resolve', 'connect', 'host key', 'login'], 'protocol', 'expected 1.34', undefined],
    [
      'no sessions',
      ['resolve', 'connect', 'host key', 'login'],
      'unreachable',
      'but opens no session',
      undefined,
    ],
  ])('%s stops it where it stopped', (_, passed, code, message, systemCode) => {
    const findings = failed(code, message, systemCode === undefined ? {} : { systemCode });
    expect(findings.filter(({ verdict }) => verdict === 'good').map(({ check }) => check)).toEqual(passed);
    expect(findings).toHaveLength(passed.length + 1);
    expect(findings.at(-1)).toMatchObject({ verdict: 'fault', detail: message });
    expect(findings.at(-1)?.remedies.length).toBeGreaterThan(0);
  });

  it('gives the public key for NixOS and for authorized_keys', () => {
    const remedies = codes(failed('authentication', 'does not let builder in'));
    expect(remedies).toContain(
      'users.users.builder.openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAAKEY" ];',
    );
    expect(remedies).toContain('ssh-ed25519 AAAAKEY');
  });

  it('opens the port that the machine line names', () => {
    const remedies = codes(failed('unreachable', 'no answer', { systemCode: 'ETIMEDOUT' }));
    expect(remedies).toContain('networking.firewall.allowedTCPPorts = [ 2222 ];');
    expect(remedies).toContain('ufw allow 2222/tcp');
  });

  it('passes on the line for known_hosts', () => {
    const hint = 'add this line: big.example.org ssh-ed25519 AAAA';
    const [remedy] = failed('host-key', 'no known_hosts line names it', { hint }).at(-1)?.remedies ?? [];
    expect(remedy).toEqual({ where: 'workflow', text: hint });
  });

  it('says what is wrong with a key that is not even tried, and claims nothing of the host', () => {
    const hint = 'Use a key without one: ssh-keygen -p -N "" -f KEY removes it from a copy.';
    const findings = failed('input', 'ssh_key cannot be used: it is protected by a passphrase', { hint });
    expect(findings).toMatchObject([{ check: 'login', remedies: [{ where: 'workflow', text: hint }] }]);
    const none = loginFindings(target, new DispatchError('authentication', 'there is no private key'));
    expect(none.map(({ check, verdict }) => [check, verdict])).toEqual([['login', 'fault']]);
  });

  it('tells the keys of an agent from none', () => {
    const withAgent = { ...target, publicKey: undefined, usesAgent: true };
    expect(loginFindings(withAgent, undefined).at(-1)?.detail).toBe('builder, a key of the agent');
    const refused = new DispatchError('authentication', 'does not let in', { cause: new Error('no') });
    expect(codes(loginFindings(withAgent, refused))).toEqual(['ssh-add -L', 'CertificateFile FILE']);
    expect(loginFindings({ ...withAgent, usesAgent: false }, undefined).at(-1)?.detail).toBe(
      'builder, without a key',
    );
  });

  it('does not praise a host key that was not checked', () => {
    const [, , hostKey] = loginFindings({ ...target, isChecked: false }, undefined);
    expect(hostKey?.detail).toContain('host_key_checking: off');
  });

  it('has a certificate signed again on the builder', () => {
    const hint = 'Sign the host key again: ssh-keygen -s CA_KEY -I h -h -n h /etc/ssh/ssh_host_rsa_key.pub';
    const [remedy] = failed('host-key', 'its certificate expired', { hint }).at(-1)?.remedies ?? [];
    expect(remedy).toEqual({ where: 'builder', text: hint });
  });

  it('tells a shell that prints from a daemon that is not there', () => {
    const chatty = codes(failed('not-nix', 'expected the greeting of a Nix daemon, got "Welcome\\n"'));
    expect(chatty).toEqual(['case $- in *i*) ;; *) return ;; esac']);
    const bare = codes(failed('not-nix', 'got nothing; its stderr ends with: nix-daemon: command not found'));
    expect(bare).toContain('nix.enable = true;');
  });
});
