// Prepares this machine as far as it allows, then runs the tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBrowser } from './provision/browser.ts';
import { ensureGithubApi } from './provision/github-api.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';
import { ensureS3Server } from './provision/s3-server.ts';
import { ensureTools } from './provision/tools.ts';

const root = join(import.meta.dirname, '..');

// Real Nix hosts need root.
await rerunAsRoot();
const farm = await provisionFarm(console.log);
if (!farm.ok) console.log(`Tests on real Nix hosts will not run: ${farm.reason}`);
const tools = await ensureTools(console.log);
if (!tools.ok) console.log(`Tests of workflows will not run: ${tools.reason}`);
const s3 = await ensureS3Server(console.log);
if (!s3.ok) console.log(`Tests of buckets will not run: ${s3.reason}`);
const githubApi = await ensureGithubApi(console.log);
if (!githubApi.ok) console.log(`Tests by GitHub's description of its API will not run: ${githubApi.reason}`);
const browser = await ensureBrowser(console.log);
if (!browser.ok) console.log(`Tests in a browser will not run: ${browser.reason}`);

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
