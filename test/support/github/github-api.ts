import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGithubApi } from '../../../scripts/provision/github-api.ts';

/** A request for a check run, as it came. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What the stand-in answers instead of going on. */
export interface ApiRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
}

/** A stand-in for GitHub's API of check runs. */
export interface GithubApi extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ApiRequest[];
  /** What GitHub's own description of the API has against requests. */
  readonly faults: readonly string[];
}

/** Answers 201 with running numbers; `refusal` says which requests are answered otherwise, by their place. */
export function startPlainApi(
  refusal: (place: number) => ApiRefusal | undefined = () => undefined,
): Promise<GithubApi> {
  return startApi((_, place) => {
    const refused = refusal(place);
    if (refused === undefined)
      return Promise.resolve({ status: 201, body: JSON.stringify({ id: place + 1 }) });
    const { message = 'Resource not accessible by integration', ...answer } = refused;
    return Promise.resolve({ ...answer, body: JSON.stringify({ message }) });
  });
}

/** Answers by GitHub's own description of its API, which is checked for each request. Needs the requirement `githubApi`. */
export async function startDescribedApi(): Promise<GithubApi> {
  const tool = findGithubApi();
  if (tool === undefined) throw new Error('expected the server of the GitHub API to be installed');
  const port = await freePort();
  const described = spawn(
    process.execPath,
    [tool.server, 'mock', tool.description, '--errors', '--port', String(port), '--verboseLevel', 'silent'],
    { stdio: 'ignore' },
  );
  const ended = once(described, 'exit');
  const faults: string[] = [];
  try {
    await untilListening(port);
    const api = await startApi(async (request) => {
      const answer = await fetch(`http://127.0.0.1:${port}${request.path}`, {
        method: request.method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request.body),
      });
      const body = await answer.text();
      if (!answer.ok) faults.push(`${request.method} ${request.path}: ${body}`);
      return { status: answer.status, body };
    });
    return {
      ...api,
      faults,
      async [Symbol.asyncDispose]() {
        await api[Symbol.asyncDispose]();
        described.kill();
        await ended;
      },
    };
  } catch (error) {
    described.kill();
    throw error;
  }
}

interface Answer extends Omit<ApiRefusal, 'message'> {
  readonly body: string;
}

async function startApi(answer: (request: ApiRequest, place: number) => Promise<Answer>): Promise<GithubApi> {
  const requests: ApiRequest[] = [];
  const server = createServer((incoming, response) => {
    void readRequest(incoming).then(async (request) => {
      const { status, headers, body } = await answer(request, requests.push(request) - 1);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    faults: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  const body: unknown = JSON.parse((await text(incoming)) || 'null');
  return { method: incoming.method ?? '', path: incoming.url ?? '', body };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** It reads a large description first, which a busy machine takes its time for. */
const mostStartMs = 100_000;

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number): Promise<void> {
  const giveUpAt = performance.now() + mostStartMs;
  while (performance.now() < giveUpAt) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isUp) return;
    await sleep(100);
  }
  throw new Error(
    `expected the server of the GitHub API to listen on port ${port} within ${mostStartMs / 1000} s`,
  );
}
