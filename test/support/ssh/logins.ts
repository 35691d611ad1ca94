import type { Builder } from '../../../src/builders/builder.ts';
import type { Credentials } from '../../../src/builders/credentials.ts';
import { parseBuilders } from '../../../src/builders/machine-lines/parse-builders.ts';
import { openBuilder } from '../../../src/builders/open-builder.ts';
import type { OpenBuilder } from '../../../src/builders/open-builder.ts';
import { DispatchError } from '../../../src/errors.ts';
import type { SshServer } from './ssh-server.ts';

/** The builder of one machine line. */
function builderOf(line: string): Builder {
  const [builder] = parseBuilders(line, () => undefined);
  if (builder === undefined) throw new Error(`no builder in ${line}`);
  return builder;
}

/** Opens a builder and ends it with the test. */
export async function open(line: string, credentials: Credentials): Promise<OpenBuilder & Disposable> {
  const builder = await openBuilder(builderOf(line), credentials);
  return Object.assign(builder, { [Symbol.dispose]: () => builder.close() });
}

/** A machine line for a server in this process; its systems are stated, so that they are not asked for. */
export function lineFor(server: SshServer, columns = 'x86_64-linux', query = ''): string {
  return `ssh-ng://me@127.0.0.1:${server.port}${query} ${columns}`;
}

/** What it takes to log in to a server in this process, with little patience. */
export function credentialsFor(server: SshServer, changes: Partial<Credentials> = {}): Credentials {
  return {
    privateKey: server.clientKey.privateKey,
    knownHosts: server.knownHosts,
    connectTimeoutMs: 5000,
    ...changes,
  };
}

/** The error that opening fails with; fails itself when it does not. */
export async function refusal(line: string, credentials: Credentials): Promise<DispatchError> {
  try {
    using opened = await open(line, credentials);
    throw new Error(`${opened.builder.name} could be opened`);
  } catch (error) {
    if (error instanceof DispatchError) return error;
    throw error;
  }
}
