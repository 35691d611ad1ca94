// Makes the pictures of the documentation: builds examples/showcase on three real builders and draws what the run leaves behind.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFarm, type Farm } from '../test/support/farm/farm.ts';
import { drawReport } from './docs/report-images.ts';
import { drawSummary } from './docs/summary-image.ts';
import { runAction } from './demo/run-action.ts';
import { ensureBrowser } from './provision/browser.ts';
import { mustRun } from './provision/command.ts';
import { rerunAsRoot } from './provision/elevate.ts';
import { provisionFarm } from './provision/provision.ts';

const root = join(import.meta.dirname, '..');
const images = join(root, 'docs', 'images');

await rerunAsRoot();
const support = await provisionFarm(console.log);
if (!support.ok) throw new Error(support.reason);
const browser = await ensureBrowser(console.log);
if (!browser.ok) throw new Error(browser.reason);

const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-showcase-'));
try {
  const checkout = join(folder, 'checkout');
  const commit = await checkOut(checkout);
  await using farm = await startFarm([
    { name: 'big', nix: '2.34.8', maxJobs: 2 },
    { name: 'small', nix: '2.26.3', maxJobs: 1 },
    { name: 'old', nix: '2.8.0', maxJobs: 1 },
  ]);
  await build(farm, checkout, commit);
  const kept = join(folder, 'nix-dispatch', 'showcase');
  await mkdir(images, { recursive: true });
  await drawSummary(browser.executable, join(kept, 'summary.md'), join(images, 'summary.png'));
  await drawReport(browser.executable, join(kept, 'results', 'report.html'), images);
} finally {
  await rm(folder, { recursive: true });
}

/** As GitHub's runner does: a repository whose commit is known. */
async function checkOut(checkout: string): Promise<string> {
  await cp(join(root, 'examples', 'showcase'), checkout, { recursive: true });
  const author = ['-c', 'user.name=showcase', '-c', 'user.email=showcase@example.org'];
  const git = (...words: readonly string[]) => mustRun(['git', '-C', checkout, ...author, ...words]);
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=showcase');
  return (await git('rev-parse', 'HEAD')).trim();
}

async function build(farm: Farm, checkout: string, commit: string): Promise<void> {
  const outputs = join(folder, 'outputs');
  await writeFile(outputs, '');
  const hosts = farm.hosts.map(({ name, address }) => `Host ${name}\n  HostName ${address}\n`);
  const machine = ({ name, options }: Farm['hosts'][number]) =>
    `ssh-ng://builder@${name} x86_64-linux - ${options.maxJobs ?? 1}`;
  const inputs = {
    filter_builds: 'true',
    ssh_config: hosts.join(''),
    ssh_key: farm.clientKey,
    builders: farm.hosts.map(machine).join('\n'),
    known_hosts: farm.hosts.map((host) => host.knownHostsLine).join('\n'),
    prices: 'big 1.20 hour\nsmall 0.40 hour\n* 0.12 cpu-hour',
    artifact_prefix: 'showcase',
  };
  const environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'acme/widgets',
    GITHUB_RUN_ID: '1',
    GITHUB_SHA: commit,
    RUNNER_TEMP: folder,
  };
  const exitCode = await runAction(root, outputs, inputs, { cwd: checkout, environment });
  if (exitCode !== 1) throw new Error(`expected a run with failed builds; the action ended with ${exitCode}`);
}
