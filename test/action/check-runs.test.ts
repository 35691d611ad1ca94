import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

test('a job has a check while it is built, and the run has one', () => expectChecks(201));
test('without the permission there is a notice, and nothing else changes', () => expectChecks(403));

/** Runs a build that sleeps, where GitHub answers requests for checks with this status. */
async function expectChecks(status: number): Promise<void> {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      bodies.push(body);
      const answer = status === 201 ? { id: bodies.length } : { message: 'Resource not accessible' };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await using farm = await startFarm([{ name: 'b1', nix: '2.34.8' }]);
  const script = '/usr/bin/sleep 1; echo > "$out"';
  await using workspace = await createWorkspace({
    checks: { [hostSystem]: { good: shellBuild({ name: 'good-1.0', script }) } },
  });
  const step = await workspace.run(
    { ...farmInputs(farm), check_runs: 'true', github_token: 'token-of-the-run' },
    {
      environment: {
        GITHUB_API_URL: `http://127.0.0.1:${port}`,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_SHA: 'a'.repeat(40),
      },
    },
  );
  server.close();
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.printed).not.toContain('token-of-the-run');
  const label = `good [${hostSystem}]`;
  const running = { name: label, status: 'in_progress', head_sha: 'a'.repeat(40) };
  if (status === 403) {
    expect(bodies).toMatchObject([running]);
    expect(step.annotations).toMatchObject([{ level: 'notice', title: 'Check runs are missing' }]);
    return;
  }
  expect(bodies).toMatchObject([
    running,
    { name: label, status: 'completed', conclusion: 'success' },
    { name: 'nix-dispatch', status: 'completed', conclusion: 'success' },
  ]);
  expect(step.annotations).toEqual([]);
}
