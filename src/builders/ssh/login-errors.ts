import { DispatchError } from '../../errors.ts';
import { identitiesText } from './identities.ts';
import type { SshLogin } from './login.ts';

/** Words a failed connection for its user: what did not work, on which host, and what to look at. */
export function loginError(login: SshLogin, thrown: unknown): DispatchError {
  if (thrown instanceof DispatchError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const details = { host: login.name, cause: error };
  const at = `${login.host} port ${login.port}`;
  const code = 'code' in error ? String(error.code) : '';
  const level = 'level' in error ? String(error.level) : '';
  const network = networkFault(code, at);
  if (network !== undefined)
    return new DispatchError('unreachable', network.message, { ...details, hint: network.hint });
  if (level === 'client-authentication') return authenticationError(login, error);
  if (level === 'client-timeout' || code === 'ETIMEDOUT') {
    return new DispatchError(
      'unreachable',
      `no answer from ${at} within ${login.connectTimeoutMs / 1000} s`,
      {
        ...details,
        hint: 'Is the host up, and does a firewall let this runner in?',
      },
    );
  }
  if (level === 'handshake' || level === 'protocol') {
    return new DispatchError('unreachable', `${at} and we do not agree how to talk SSH: ${error.message}`, {
      ...details,
      hint: isBusy(error)
        ? 'The SSH server closed the connection at once: it may be too busy (MaxStartups), or refuse this address.'
        : 'Is it an SSH server, and does it allow current algorithms?',
    });
  }
  return new DispatchError('unreachable', `the connection to ${at} failed: ${error.message}`, details);
}

/** Whether trying again soon may help: the server dropped us before it looked at us. */
export function isWorthRetrying(error: DispatchError): boolean {
  if (error.code !== 'unreachable') return false;
  const { cause } = error;
  return cause instanceof Error && (isBusy(cause) || ('code' in cause && cause.code === 'ECONNRESET'));
}

function isBusy(error: Error): boolean {
  return /before handshake|maxstartups/i.test(error.message);
}

function authenticationError(login: SshLogin, cause: Error): DispatchError {
  const { user, identities, name, host } = login;
  const offered = identitiesText(identities);
  return new DispatchError('authentication', `${host} does not let ${user} in ${offered}`, {
    host: name,
    cause,
    hint:
      identities.length === 0
        ? 'Give a private key: the input ssh_key, or a key file in the machine line.'
        : `Add the public half of this key to ~${user}/.ssh/authorized_keys there, or name another user in the machine line.`,
  });
}

function networkFault(code: string, at: string): { message: string; hint: string } | undefined {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return {
        message: `the name in ${at} cannot be looked up`,
        hint:
          code === 'EAI_AGAIN'
            ? 'Name servers do not answer.'
            : 'Is the host name in the machine line right?',
      };
    case 'ECONNREFUSED':
      return { message: `${at} refused the connection`, hint: 'Does sshd run there, and on that port?' };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        message: `there is no way to ${at} from here`,
        hint: 'Is the host up, and on a network that this runner reaches?',
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        message: `${at} dropped the connection while we logged in`,
        hint: 'It may be too busy (MaxStartups), or refuse this address.',
      };
    default:
      return undefined;
  }
}
