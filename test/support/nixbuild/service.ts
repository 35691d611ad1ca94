import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { ServerChannel } from 'ssh2';
import type { Host } from '../farm/host.ts';
import { startSshServer } from '../ssh/ssh-server.ts';

/** What a session of the service was told. */
export interface ServiceSession {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A question to the HTTP API. */
export interface ApiRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** ID token of a workflow. */
  readonly idToken: string | undefined;
}

/** nixbuild.net as its documentation describes it, in this process; its daemon is that of a host of the farm. */
export interface ServiceStandIn extends AsyncDisposable {
  /** Inputs that lead to it, without a login. */
  readonly inputs: Readonly<Record<'nixbuild_host' | 'nixbuild_host_key' | 'nixbuild_api', string>>;
  readonly token: string;
  readonly privateKey: string;
  readonly sessions: readonly ServiceSession[];
  readonly requests: readonly ApiRequest[];
  /** What the HTTP API answers from now on in place of its books. */
  answerWith(status: number, body: string): void;
}

/** CPU time that the service books for each build. */
export const bookedCpuSeconds = 90;

/**
 * Starts it. Token or key lets one in; a session does nothing but `nix-daemon --stdio`, for a user whom the daemon does not trust.
 *
 * @param keyPath private key file's text that opens the host
 */
export async function startService(host: Host, clientKey: string): Promise<ServiceStandIn> {
  const token = 'EpABbiscuit0token+/=';
  const sessions: ServiceSession[] = [];
  const daemon = await logIn(host, clientKey);
  const ssh = await startSshServer({
    admits: ({ method, username }) => method === 'none' && username === 'authtoken',
    maxSessions: 1000,
    onExec(command, channel, environment) {
      sessions.push({ command, environment });
      const isAdmitted = environment['token'] === undefined || environment['token'] === token;
      if (!isAdmitted) refuse(channel, 'error: invalid auth token');
      else if (command === 'nix-daemon --stdio') splice(daemon, channel);
      else refuse(channel, 'error: unknown command');
    },
  });
  const api = await startApi(host, token, sessions);
  return {
    inputs: {
      nixbuild_host: `127.0.0.1:${ssh.port}`,
      nixbuild_host_key: ssh.hostKeys[0]?.publicLine ?? '',
      nixbuild_api: api.url,
    },
    token,
    privateKey: ssh.clientKey.privateKey,
    sessions,
    requests: api.requests,
    answerWith: api.answerWith,
    async [Symbol.asyncDispose]() {
      api.close();
      daemon.end();
      await ssh[Symbol.asyncDispose]();
    },
  };
}

async function logIn(host: Host, privateKey: string): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  client.connect({ host: host.address, username: 'stranger', privateKey });
  await once(client, 'ready');
  return client;
}

function splice(daemon: ssh2.Client, channel: ServerChannel): void {
  daemon.exec('nix-daemon --stdio', (error, far) => {
    if (error !== undefined) {
      refuse(channel, error.message);
      return;
    }
    far.pipe(channel);
    channel.pipe(far);
    far.on('close', () => channel.end());
    channel.on('close', () => far.close());
  });
}

function refuse(channel: ServerChannel, message: string): void {
  channel.stderr.write(`${message}\n`);
  channel.exit(1);
  channel.end();
}

async function startApi(host: Host, token: string, sessions: readonly ServiceSession[]) {
  const requests: ApiRequest[] = [];
  let fixed: { readonly status: number; readonly body: string } | undefined;
  const books = async (tags: string): Promise<string> => {
    const [name = '', value] = tags.split(':');
    const isKnown = sessions.some(({ environment }) => environment[`NIXBUILDNET_TAG_${name}`] === value);
    const listing = await host.mustExec(['sh', '-c', 'ls /nix/store | grep "[.]drv$"']);
    const builds = listing
      .trim()
      .split('\n')
      .map((drv, index) => ({
        build_id: index,
        derivation_path: `/nix/store/${drv}`,
        build_status: 'built',
        duration_seconds: 1.5,
        cpu_count: 4,
        cpu_seconds: bookedCpuSeconds,
        peak_memory_use_kilobytes: 1000,
      }));
    return JSON.stringify(isKnown ? builds : []);
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://service');
    const { authorization } = request.headers;
    const query = Object.fromEntries(url.searchParams);
    const idToken = request.headers['nixbuildnet-oidc-id-token'];
    requests.push({ path: url.pathname, query, authorization, idToken: idToken?.toString() });
    const answer = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
    if (url.pathname === '/id-token') answer(200, JSON.stringify({ value: `id-for-${query['audience']}` }));
    else if (authorization !== `Bearer ${token}`) answer(401, '{}');
    else if (fixed !== undefined) answer(fixed.status, fixed.body);
    else void books(query['tags'] ?? '').then((body) => answer(200, body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answerWith(status: number, body: string) {
      fixed = { status, body };
    },
    close: () => server.close(),
  };
}
