import { setTimeout as sleep } from 'node:timers/promises';
import { toDispatchError } from '../../errors.ts';
import { connectSsh } from './connection.ts';
import type { SshConnection } from './connection.ts';
import { isWorthRetrying } from './login-errors.ts';
import type { SshLogin } from './login.ts';

const CONNECT_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 200;

/**
 * Logs in to a host. A server that drops us before it looks at us has too many logins going on (MaxStartups): wait a
 * little, by chance longer, and try again.
 *
 * @throws DispatchError `unreachable`, `host-key` or `authentication` of the last attempt
 */
export async function connectPatiently(login: SshLogin): Promise<SshConnection> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await connectSsh(login);
    } catch (thrown) {
      const error = toDispatchError(thrown, 'unreachable', { host: login.name });
      if (attempt >= CONNECT_ATTEMPTS || !isWorthRetrying(error)) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
