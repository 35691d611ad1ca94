import type { DispatchError } from '../../errors.ts';
import { fault, good, type Finding, type Remedy } from '../finding.ts';
import { inWorkflow, nixStrings, onBuilder, onEither } from '../remedies.ts';

/** Where and as whom it is logged in. */
export interface LoginTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** What the name stands for; undefined where it was not looked up. */
  readonly addresses: readonly string[] | undefined;
  /** Public half of the key that was offered, as a line of authorized_keys. */
  readonly publicKey: string | undefined;
  /** Whether an agent was asked for keys. */
  readonly usesAgent: boolean;
  /** Whether a host key that nobody vouches for is refused. */
  readonly isChecked: boolean;
}

const STAGES = ['resolve', 'connect', 'host key', 'login', 'daemon'] as const;
type Stage = (typeof STAGES)[number];

/**
 * Findings of a login that got as far as this error says; undefined: all the way. The last stage, the daemon, has none when it is good: more is
 * to be said about it.
 */
export function loginFindings(target: LoginTarget, error: DispatchError | undefined): readonly Finding[] {
  const failed = error === undefined ? undefined : stageOf(error);
  const reached = failed === undefined ? STAGES.length : STAGES.indexOf(failed);
  const passed = error !== undefined && isBeforehand(error) ? [] : STAGES.slice(0, reached);
  const findings = passed.flatMap((stage) => passedStage(target, stage));
  if (error === undefined || failed === undefined) return findings;
  return [...findings, fault(failed, error.message, remediesOf(target, failed, error))];
}

/** Whether it kept us from as much as trying: a key or configuration that can't be used, or none. */
function isBeforehand({ code, cause }: DispatchError): boolean {
  return code === 'input' || (code === 'authentication' && cause === undefined);
}

/** Findings where there is no way but this machine's own. */
export function localFindings(error: DispatchError | undefined): readonly Finding[] {
  if (error === undefined) return [];
  return [
    fault('daemon', error.message, [
      inWorkflow('Install Nix in a step before this one, for instance with:', NIX_STEP),
    ]),
  ];
}

const NIX_STEP = '- uses: nixbuild/nix-quick-install-action@v35';

function passedStage(
  { addresses, host, port, user, publicKey, usesAgent, isChecked }: LoginTarget,
  stage: Stage,
): readonly Finding[] {
  const detail: Readonly<Record<Stage, string | undefined>> = {
    resolve: addresses === undefined ? undefined : addresses.join(', '),
    connect: `${host} port ${port}`,
    'host key': isChecked ? 'the expected one' : 'any would do (host_key_checking: off)',
    login: `${user}, ${publicKey?.split(' ')[0] ?? (usesAgent ? 'a key of the agent' : 'without a key')}`,
    daemon: undefined,
  };
  const text = detail[stage];
  return text === undefined ? [] : [good(stage, text)];
}

function stageOf(error: DispatchError): Stage {
  const { code, message } = error;
  if (code === 'host-key') return 'host key';
  if (code === 'authentication' || code === 'input') return 'login';
  if (code !== 'unreachable' || message.includes('opens no session')) return 'daemon';
  return NAME_CODES.has(systemCode(error)) ? 'resolve' : 'connect';
}

const NAME_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA']);

/** Of the system's error behind it, '' where there is none. */
function systemCode({ cause }: DispatchError): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

const JOIN_NETWORK = inWorkflow(
  'Where the builder is in a private network (Tailscale, WireGuard, a VPN), join it in a step before this one.',
);

function remediesOf(target: LoginTarget, stage: Stage, error: DispatchError): readonly Remedy[] {
  const remedies: Readonly<Record<Stage, () => readonly Remedy[]>> = {
    resolve: () => [
      inWorkflow('Correct the host name in the machine line, or write its address.'),
      JOIN_NETWORK,
    ],
    connect: () => connectRemedies(target, error),
    'host key': () => hostKeyRemedies(error),
    login: () => loginRemedies(target, error),
    daemon: () => daemonRemedies(target, error),
  };
  return remedies[stage]();
}

function hostKeyRemedies({ hint }: DispatchError): readonly Remedy[] {
  // A certificate is made by whoever has the authority's key, and lies on the builder.
  const place = hint?.includes('ssh-keygen -s ') === true ? onBuilder : inWorkflow;
  return [
    ...(hint === undefined ? [] : [place(hint)]),
    onBuilder(
      'It shows its own fingerprints with:',
      'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done',
    ),
  ];
}

function connectRemedies({ port }: LoginTarget, error: DispatchError): readonly Remedy[] {
  const code = systemCode(error);
  if (/ cannot reach /.test(error.message)) {
    return [
      onBuilder('Is it switched on, and does its firewall let the jump host in?'),
      inWorkflow('On the jump host, in /etc/ssh/sshd_config, allow it to lead on:', 'AllowTcpForwarding yes'),
    ];
  }
  if (code === 'ECONNREFUSED') {
    const ports = port === 22 ? '' : ` services.openssh.ports = [ ${port} ];`;
    return [
      ...onEither(`services.openssh.enable = true;${ports}`, {
        text: `Start its SSH server, and let it listen on port ${port}:`,
        code: 'systemctl enable --now ssh',
      }),
      inWorkflow('Or name another port in the machine line, as in ssh-ng://user@host:2222.'),
    ];
  }
  if (code === 'ECONNRESET' || /before handshake|dropped|too busy/i.test(`${error.message} ${error.hint}`)) {
    return onEither('services.openssh.settings.MaxStartups = "100:30:200";', {
      text: 'Let more logins go on at once in /etc/ssh/sshd_config, and reload it (systemctl reload ssh):',
      code: 'MaxStartups 100:30:200',
    });
  }
  return [
    onBuilder('Is it switched on, and in the network?'),
    ...onEither(`networking.firewall.allowedTCPPorts = [ ${port} ];`, {
      text: 'Open the port in its firewall, for instance:',
      code: `ufw allow ${port}/tcp`,
    }),
    JOIN_NETWORK,
  ];
}

function loginRemedies({ user, publicKey, usesAgent }: LoginTarget, error: DispatchError): readonly Remedy[] {
  if (error.code === 'input' && error.hint !== undefined) return [inWorkflow(error.hint)];
  if (publicKey === undefined && usesAgent) {
    return [
      inWorkflow('Give the agent a key that the builder knows; what it holds is shown by:', 'ssh-add -L'),
      onBuilder(`Or add one of those lines to ~${user}/.ssh/authorized_keys, which only ${user} may write.`),
      inWorkflow(
        'Certificates that an agent holds (…-cert-v01@openssh.com) are not sent: give the key by ssh_key, and in ssh_config:',
        'CertificateFile FILE',
      ),
    ];
  }
  if (error.code === 'input' || publicKey === undefined) {
    return [
      inWorkflow(
        'Give the action a private key; pull requests from forks have no secrets:',
        'ssh_key: ${{ secrets.BUILDER_SSH_KEY }}',
      ),
    ];
  }
  const option = `users.users.${/^[\w-]+$/.test(user) ? user : JSON.stringify(user)}`;
  return [
    ...onEither(`${option}.openssh.authorizedKeys.keys = ${nixStrings([publicKey])};`, {
      text: `Add this line to ~${user}/.ssh/authorized_keys, which only ${user} may write:`,
      code: publicKey,
    }),
    inWorkflow('Or name another user in the machine line.'),
  ];
}

function daemonRemedies({ user }: LoginTarget, error: DispatchError): readonly Remedy[] {
  const { message } = error;
  if (message.includes('opens no session')) {
    return onEither('services.openssh.settings.MaxSessions = 10;', {
      text: 'Allow sessions in /etc/ssh/sshd_config, and reload it (systemctl reload ssh):',
      code: 'MaxSessions 10',
    });
  }
  if (error.code === 'protocol') return [onBuilder('Install Nix 2.8 or newer, or Lix.')];
  if (/got "/.test(message)) {
    return [
      onBuilder(
        'Let the login shell print nothing where nobody types; at the start of ~/.bashrc for instance:',
        'case $- in *i*) ;; *) return ;; esac',
      ),
    ];
  }
  if (/not found|no such file|unknown command/i.test(message)) {
    return onEither('nix.enable = true;', {
      text: 'Install Nix, or put nix-daemon where logins without a terminal find it:',
      code: 'ln -s /nix/var/nix/profiles/default/bin/nix-daemon /usr/local/bin/nix-daemon',
    });
  }
  return [
    onBuilder('See whether the daemon runs, and what it says:', 'systemctl status nix-daemon'),
    onBuilder(`See whether its allowed-users in /etc/nix/nix.conf has ${user} in it.`),
  ];
}
