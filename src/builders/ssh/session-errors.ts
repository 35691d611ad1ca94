import { DispatchError } from '../../errors.ts';
import type { SshLogin } from './login.ts';

/** What the errors of a host's sessions tell of it. */
type Host = Pick<SshLogin, 'name' | 'host' | 'user'>;

/** `connection-lost`: the connection ended, and not because we ended it. */
export function connectionLost({ name, host }: Host, cause: unknown): DispatchError {
  return new DispatchError('connection-lost', `the SSH connection to ${host} was lost`, {
    host: name,
    cause,
  });
}

/** `cancelled`: something was asked of a host that we had closed before. */
export function closedBefore({ name }: Host): DispatchError {
  return new DispatchError('cancelled', `${name} was closed`, { host: name });
}

/** `unreachable`: a connection without any session in it was refused its first one. */
export function noSessions({ name, host, user }: Host, cause: unknown): DispatchError {
  return new DispatchError('unreachable', `${host} lets ${user} in but opens no session`, {
    host: name,
    hint: 'MaxSessions of its sshd may be 0, or the machine is out of processes.',
    cause,
  });
}

/** `unreachable`: all connections are full, and the machine line allows no further one. */
export function allFull({ name, host }: Host, limit: number, maxConnections: number): DispatchError {
  return new DispatchError(
    'unreachable',
    `${host} allows ${limit} sessions in a connection, and max-connections=${maxConnections} allows no further one`,
    { host: name, hint: 'Lower max jobs, or raise max-connections or MaxSessions of its sshd.' },
  );
}
