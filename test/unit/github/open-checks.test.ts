import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openChecks } from '../../../src/github/open-checks.ts';

it.each([
  ['empty', ''],
  ['cut off', '{"pull_request": {"head"'],
  ['no object', 'null'],
])('writes checks where the file of the event is %s', async (_, text) => {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-event-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'event.json');
  await writeFile(path, text);
  const notice = vi.fn();
  const environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'owner/name',
    GITHUB_RUN_ID: '1',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_EVENT_PATH: path,
  };
  const checks = await openChecks(environment, {
    githubToken: 'token',
    artifactPrefix: undefined,
    snapshot: () => expect.unreachable('nothing has begun'),
    notice,
  });
  expect(checks).toBeDefined();
  expect(notice).not.toHaveBeenCalled();
});
