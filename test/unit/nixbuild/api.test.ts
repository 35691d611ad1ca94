import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { fetchUsage } from '../../../src/nixbuild/api.ts';

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') expect.unreachable('it listens on a port');
  return `http://127.0.0.1:${address.port}`;
}

it.each([301, 302, 307, 308])(
  'follows no redirect (%i): the tokens are for one address only',
  async (status) => {
    const asked: string[] = [];
    const elsewhere = await serve((request, response) => {
      asked.push(JSON.stringify(request.headers));
      response.end('[]');
    });
    const apiUrl = await serve((_, response) => {
      response.writeHead(status, { location: `${elsewhere}/builds` }).end();
    });
    const question = {
      apiUrl,
      token: 'tokenOfTheTest',
      idToken: 'idTokenOfTheTest',
      invocationId: '1',
      expected: [],
      signal: new AbortController().signal,
    };
    await expect(fetchUsage(question)).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked).toEqual([]);
  },
);
