import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mustRun } from '../../scripts/provision/command.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { jobsOf } from '../support/action/reading.ts';
import { refusalOf, secretLines } from '../support/action/refusal.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([{ name: 'b1', sshdConfig: ['LogLevel DEBUG1'] }]);
  workspace = await createWorkspace({
    checks: {
      [hostSystem]: { waits: shellBuild({ name: 'waits', script: '/usr/bin/sleep 1; echo > "$out"' }) },
    },
  });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

async function refusal(inputs: Readonly<Record<string, string>>): Promise<string> {
  const step = await workspace.run({ ...farmInputs(farm), ...inputs }, { timeoutMs: 30_000 });
  return refusalOf(step, [inputs['ssh_key'] ?? '', farm.clientKey].filter(Boolean));
}

/** As `ssh-keygen -l` shows it. */
async function fingerprintOf(publicLine: string): Promise<string> {
  const shown = await mustRun(['ssh-keygen', '-l', '-f', '-'], { input: `${publicLine}\n` });
  return shown.split(' ')[1] ?? '';
}

test('18. a host with another key than the expected one is refused before anything is sent', async () => {
  const host = farm.host('b1');
  const expected = makeKeyPair('ed25519').publicLine;
  await host.mustExec(['sh', '-c', ': > /var/log/sshd.log']);
  const message = await refusal({ known_hosts: `${host.address} ${expected}` });
  expect(message).toContain(host.address);
  expect(message).toContain(await fingerprintOf(expected));
  expect(message).toContain(await fingerprintOf(host.hostKeyLine));
  const log = await host.mustExec(['cat', '/var/log/sshd.log']);
  expect(log).toContain('kex');
  expect(log).not.toMatch(/userauth-request|Accepted/);
});

test('18. a host of which no key is known is refused', async () => {
  const host = farm.host('b1');
  const message = await refusal({ known_hosts: '' });
  expect(message).toContain(`no known_hosts line names ${host.address}`);
  expect(message).toContain(await fingerprintOf(host.hostKeyLine));
});

test('19. a missing key is refused with the reason that forks have', async () => {
  const message = await refusal({ ssh_key: '' });
  expect(message).toMatch(/^there is no private key to log in to \S+ with\nSet the input ssh_key/);
  expect(message).toContain('Pull requests from forks get no secrets.');
});

test('19. a text that is no private key is refused without being shown', async () => {
  const { privateKey, publicLine } = makeKeyPair('ed25519');
  const texts = [
    ['hunter2hunter2', 'got something else (not shown)'],
    [publicLine, 'got a public key'],
    [privateKey.split('\n').slice(0, 3).join('\n'), 'cut off'],
    [privateKey.replaceAll('\n', ' ').trim(), 'without its line ends'],
  ] as const;
  for (const [text, words] of texts) {
    const message = await refusal({ ssh_key: text });
    expect(message).toContain('ssh_key: expected an unencrypted private key');
    expect(message).toContain(words);
  }
});

test('19. a key with a passphrase is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-key-'));
  try {
    const file = join(folder, 'key');
    for (const format of ['RFC4716', 'PEM', 'PKCS8']) {
      await rm(file, { force: true });
      await mustRun(['ssh-keygen', '-q', '-t', 'ecdsa', '-m', format, '-N', 'a passphrase', '-f', file]);
      expect(await refusal({ ssh_key: await readFile(file, 'utf8') })).toContain('a key with a passphrase');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('19. the key is in no log, no argv, no environment of another process and no file', async () => {
  const step = await workspace.start(farmInputs(farm));
  await step.untilPrinted('waits: building on');
  const ofProcesses = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])
    .filter((path) => path !== `/proc/${step.pid}/environ`);
  const seen = await placesWith(farm.clientKey, ofProcesses);
  const result = await step.finished;
  expect(result.exitCode).toBe(0);
  expect(seen).toEqual([]);
  for (const line of secretLines(farm.clientKey)) expect(result.printed).not.toContain(line);
  const left = await readdir(workspace.folder, { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(10);
  expect(await placesWith(farm.clientKey, files)).toEqual([]);
});

/** The files that hold a line of the key; those that are gone by now hold none. */
async function placesWith(key: string, files: readonly string[]): Promise<readonly string[]> {
  const lines = secretLines(key);
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'latin1').catch(() => '');
      return lines.some((line) => text.includes(line)) ? [file] : [];
    }),
  );
  return found.flat();
}

test('19. evaluation does not see the key, even where it is impure', async () => {
  const description = 'builtins.getEnv "INPUT_SSH_KEY" + builtins.getEnv "SEEN"';
  const build = shellBuild({ name: 'curious', description: 'x' }).replace('"x"', description);
  await using curious = await createWorkspace({ checks: { [hostSystem]: { curious: build } } });
  const step = await curious.run(
    { ...farmInputs(farm), nix_args: '--impure' },
    { environment: { SEEN: 'nothing but this' } },
  );
  expect(jobsOf(step)[`checks.${hostSystem}.curious`]?.description).toBe('nothing but this');
});
