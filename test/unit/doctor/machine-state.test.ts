import { describe, expect, it } from 'vitest';
import { parseMachineState } from '../../../src/doctor/machine-state.ts';

function answer(sections: Readonly<Record<string, string>>): string {
  const all = { settings: '', system: '', disk: '', inodes: '', sshd: '', cores: '', end: '', ...sections };
  return `hello from .bashrc\n${Object.entries(all)
    .map(([name, text]) => `\nnix-dispatch-section ${name}\n${text}`)
    .join('\n')}`;
}

describe('parseMachineState', () => {
  it('reads what a machine says of itself', () => {
    const state = parseMachineState(
      answer({
        settings:
          '{"system":{"value":"x86_64-linux"},"substituters":{"value":["https://a"]},"require-sigs":{"value":false}}',
        system: 'nixos',
        disk: 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 400 600 40% /nix',
        inodes: 'Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 200 150 50 75% /nix',
        sshd: '# MaxSessions 99\nMaxSessions 4\nMaxSessions 7\nMatch User git\n  AllowStreamLocalForwarding no',
        cores: '16',
      }),
    );
    expect(state).toMatchObject({
      system: 'nixos',
      disk: { mountPoint: '/nix', freeBytes: 600 * 1024 },
      freeInodes: 0.25,
      sshd: { maxSessions: 4, forwardsSockets: true },
      cores: 16,
    });
    expect(state?.settings?.text('system')).toBe('x86_64-linux');
    expect(state?.settings?.list('substituters')).toEqual(['https://a']);
    expect(state?.settings?.flag('require-sigs')).toBe(false);
  });

  it('leaves out what a machine does not tell', () => {
    expect(parseMachineState(answer({ system: 'Darwin' }))).toEqual({
      system: 'darwin',
      settings: undefined,
      disk: undefined,
      freeInodes: undefined,
      sshd: undefined,
      cores: undefined,
    });
  });

  it.each(['AllowStreamLocalForwarding no', 'allowstreamlocalforwarding=remote', 'DisableForwarding yes'])(
    'sees that %s keeps sockets from being reached',
    (sshd) => {
      expect(parseMachineState(answer({ sshd }))?.sshd).toEqual({ maxSessions: 10, forwardsSockets: false });
    },
  );

  it.each(['', 'This account is restricted to nix-daemon.\n', '{"system":{"value":"x"}}'])(
    'takes %j for no answer',
    (output) => {
      expect(parseMachineState(output)).toBeUndefined();
    },
  );
});
