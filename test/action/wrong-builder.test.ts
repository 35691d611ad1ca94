import { expect } from 'vitest';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import { refusalOf } from '../support/action/refusal.ts';
import { createWorkspace, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { makeKeyPair } from '../support/farm/keys.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

let farm: Farm;
let workspace: Workspace;

beforeAll(async () => {
  farm = await startFarm([
    { name: 'good' },
    { name: 'bare', nix: 'none' },
    {
      name: 'chatty',
      nix: '2.26.3',
      shellRc: 'echo Welcome to this machine',
      // The daemon's socket could be reached without the shell.
      sshdConfig: ['AllowStreamLocalForwarding no'],
    },
  ]);
  workspace = await createWorkspace({ checks: { [hostSystem]: { hello: shellBuild({ name: 'hello' }) } } });
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  await farm[Symbol.asyncDispose]();
});

/** What the action says when it can use none of the builders. */
async function refusal(names: readonly string[], inputs: Readonly<Record<string, string>> = {}) {
  const hosts = names.map((name) => farm.host(name));
  const step = await workspace.run({ ...farmInputs(farm, hosts), ...inputs }, { timeoutMs: 30_000 });
  return refusalOf(step, [inputs['ssh_key'] ?? farm.clientKey]);
}

test('a host name that nobody knows', async () => {
  expect(await refusal([], { builders: 'ssh-ng://builder@no-such-host.invalid' })).toBe(
    'the name in no-such-host.invalid port 22 cannot be looked up\nIs the host name in the machine line right?',
  );
});

test('a port that is closed', async () => {
  const { address } = farm.host('good');
  expect(await refusal([], { builders: `ssh-ng://builder@${address}:2222` })).toContain(
    `${address} port 2222 refused the connection\nDoes sshd run there, and on that port?`,
  );
});

test('a key that opens nothing', async () => {
  const { address } = farm.host('good');
  const message = await refusal(['good'], { ssh_key: makeKeyPair('ed25519').privateKey });
  expect(message).toMatch(
    new RegExp(`^${address} does not let builder in with the key ssh-ed25519 SHA256:\\S{43}\n`),
  );
  expect(message).toContain('~builder/.ssh/authorized_keys');
});

test('a host without Nix', async () => {
  const message = await refusal(['bare']);
  expect(message).toContain(`${farm.host('bare').address}: expected the greeting of a Nix daemon`);
  expect(message).toContain('nix-daemon: command not found\nCheck that nix-daemon is in the PATH');
});

test('a host whose rc file prints before the protocol', async () => {
  const message = await refusal(['chatty']);
  expect(message).toContain(
    'expected the greeting of a Nix daemon, got "Welcome to this machine\\n"\nNothing but the daemon may write to standard output there',
  );
});

test('several hosts that cannot be used are listed together', async () => {
  const message = await refusal(['bare', 'chatty']);
  expect(message).toMatch(/^none of the 2 builders can be used:\n/);
  for (const name of ['bare', 'chatty']) expect(message).toContain(`\n- ${farm.host(name).address}: `);
});

test('a host that cannot be used is a warning as long as another one can', async () => {
  const hosts = [farm.host('bare'), farm.host('good')];
  const step = await workspace.run(farmInputs(farm, hosts));
  expect(step.exitCode, step.printed).toBe(0);
  expect(step.annotations).toMatchObject([{ level: 'warning', title: `builder ${hosts[0]?.address}` }]);
});
