import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { openIdTokens } from '../../../src/nixbuild/id-token.ts';

/** GitHub's own service: numbers its tokens, and gives none while it is out of order. */
async function startIssuer() {
  let count = 0;
  let isOut = false;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://issuer');
    count += 1;
    const value = `${searchParams.get('audience')} ${count}`;
    response.writeHead(isOut ? 500 : 200).end(JSON.stringify({ value }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/?v=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    },
    breakDown() {
      isOut = true;
    },
    [Symbol.dispose]: () => void server.close(),
  };
}

it('is asked for again before it is too old, once for all who want it', async () => {
  using issuer = await startIssuer();
  let nowMs = 0;
  const tokens = await openIdTokens(issuer.environment, () => nowMs);
  nowMs = 179_000;
  expect(await tokens.current()).toBe('nixbuild.net 1');
  nowMs = 181_000;
  expect(await Promise.all([tokens.current(), tokens.current()])).toEqual([
    'nixbuild.net 2',
    'nixbuild.net 2',
  ]);
  expect(await tokens.current()).toBe('nixbuild.net 2');
});

it('is the last one where there is no other', async () => {
  using issuer = await startIssuer();
  let nowMs = 0;
  const tokens = await openIdTokens(issuer.environment, () => nowMs);
  issuer.breakDown();
  nowMs = 400_000;
  expect(await tokens.current()).toBe('nixbuild.net 1');
  await expect(openIdTokens(issuer.environment)).rejects.toThrow('GitHub gave no ID token: status 500');
});

it('may come from an earlier step where the job can have none', async () => {
  const tokens = await openIdTokens({ NIXBUILDNET_OIDC_ID_TOKEN: 'given' });
  expect(await tokens.current()).toBe('given');
  await expect(openIdTokens({})).rejects.toMatchObject({
    code: 'input',
    hint: expect.stringContaining('id-token: write'),
  });
});
