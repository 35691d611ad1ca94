import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { secretLines } from '../support/action/refusal.ts';
import { setUpJob } from '../support/action/set-up-job.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
beforeAll(async () => {
  farm = await startFarm([{ name: 'b1' }]);
});
afterAll(() => farm[Symbol.asyncDispose]());

const accessToken = 'ghp_accessTokenOfTheTest0123456789';
const idToken = 'identityTokenOfTheTest0123456789';

/** Command line and environment of every process, by `/proc` path. */
async function processTexts(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const name of ['cmdline', 'environ']) {
      const path = `/proc/${pid}/${name}`;
      // It may have ended since it was listed.
      texts.set(path, await readFile(path, 'latin1').catch(() => ''));
    }
  }
  return texts;
}

async function fileTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(path, 'latin1')] as const)),
  );
}

function holders(texts: ReadonlyMap<string, string>, secrets: readonly string[]): readonly string[] {
  return [...texts].flatMap(([path, text]) =>
    secrets.some((secret) => text.includes(secret)) ? [path] : [],
  );
}

test('the key is in no argument, variable or file while builders are offered, nor afterwards', async () => {
  await using workspace = await createWorkspace({
    packages: {
      [hostSystem]: { default: shellBuild({ name: 'looks', script: 'export -p >&2; echo > "$out"' }) },
    },
  });
  const secrets = [...secretLines(farm.clientKey), accessToken, idToken];
  await using job = await setUpJob(
    workspace,
    { ...farmInputs(farm), github_access_token: accessToken },
    { environment: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: idToken, ACTIONS_RUNTIME_TOKEN: undefined } },
  );
  expect(await job.run(['nix', 'build', '--no-link', '-L'])).toMatchObject({ code: 0 });
  const processes = await processTexts();
  const background = [...processes].filter(([, text]) => text.includes('background.js'));
  expect(background).not.toEqual([]);
  expect(holders(processes, secrets)).toEqual([]);
  expect(holders(await fileTexts(workspace.folder), secrets)).toEqual([]);

  const post = await job.finish();
  expect(post.summary).toContain('1 derivation built');
  expect(holders(await fileTexts(workspace.folder), secrets)).toEqual([]);
  expect(
    [job.step.printed, post.printed].filter((text) => secrets.some((secret) => text.includes(secret))),
  ).toEqual([]);
  const left = await readdir(join(workspace.folder, 'temp'));
  expect(left.filter((name) => name.startsWith('nd-'))).toEqual([]);
});
