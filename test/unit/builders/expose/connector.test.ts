import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  connectorScript,
  findConnectorLanguage,
  type ConnectorLanguage,
} from '../../../../src/builders/expose/connector.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nd-connector-'));
});
afterEach(() => rm(folder, { recursive: true }));

const fastest = await findConnectorLanguage(process.env['PATH'] ?? '');
const languages: readonly ConnectorLanguage[] = [
  { kind: 'node', interpreter: process.execPath },
  // Where there is no perl, this is Node again.
  fastest,
];

/** Starts a connector against a server that does this with its client. */
async function start(language: ConnectorLanguage, serve: (client: Socket) => void) {
  const socket = join(folder, 'socket');
  const server = createServer({ allowHalfOpen: true }, serve);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const program = join(folder, 'connector');
  await writeFile(program, connectorScript(language, socket, join(folder, 'trouble')), { mode: 0o700 });
  const child = spawn(program, ['--stdio'], { stdio: 'pipe' });
  const output: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => output[name].push(chunk));
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    finished: async () => {
      const code = await ended;
      server.close();
      return { code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr).toString() };
    },
  };
}

describe.each(languages)('the connector in $kind', (language) => {
  it('passes everything on both ways at the same time', async () => {
    const sent = Buffer.alloc(3_000_000, 'abcdefg');
    const { child, finished } = await start(language, (client) => client.pipe(client));
    child.stdin.end(sent);
    const { code, stdout } = await finished();
    expect(code).toBe(0);
    expect(stdout.equals(sent)).toBe(true);
  });

  it('says why there is no builder', async () => {
    await writeFile(join(folder, 'trouble'), 'builder b1: its network is down');
    const { finished } = await start(language, (client) => client.destroy());
    expect(await finished()).toMatchObject({
      code: 1,
      stderr: 'nix-dispatch: builder b1: its network is down\n',
    });
  });

  it('ends when the builder does', async () => {
    const { finished } = await start(language, (client) => client.end('last words'));
    expect(await finished()).toMatchObject({ code: 0, stdout: Buffer.from('last words') });
  });
});

it('is written in Node where nothing faster is on the PATH', async () => {
  expect(await findConnectorLanguage(folder)).toEqual({ kind: 'node', interpreter: process.execPath });
});
