import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { searchPath } from '../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../scripts/provision/runner-nix.ts';
import { hostSystem, shellBuild } from '../support/action/flake.ts';
import type { RunningStep } from '../support/action/step.ts';
import { createWorkspace } from '../support/action/workspace.ts';
import { countRunning, untilGone, untilRunning } from '../support/faults/host-processes.ts';
import { recordFault } from '../support/faults/record-fault.ts';
import { lostAttempts, namesByOutcome, resultsOf, troubleOf } from '../support/faults/run-results.ts';
import { naps } from '../support/faults/scene.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const inFlight = 4;

/** A daemon of this machine's Nix that listens at a place of its own. */
class LocalDaemon {
  readonly socket = join(tmpdir(), `nd-${process.pid}-${randomInt(1e6)}.sock`);
  #pid = 0;

  async start(): Promise<this> {
    await rm(this.socket, { force: true });
    const env = {
      ...process.env,
      ...runnerNixEnv(),
      PATH: searchPath(),
      NIX_DAEMON_SOCKET_PATH: this.socket,
    };
    const child = spawn('nix-daemon', [], { env, stdio: 'ignore' });
    await once(child, 'spawn');
    this.#pid = child.pid ?? 0;
    while (!existsSync(this.socket)) await sleep(10);
    return this;
  }

  /** With the workers of its conversations, which have sessions of their own and would live on. */
  async kill(): Promise<void> {
    spawnSync('pkill', ['-KILL', '-P', String(this.#pid)]);
    process.kill(this.#pid, 'SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.socket, { force: true });
  }
}

/** Strikes what serves the local store while it builds. The run has to end well, with every build that was hit tried again. */
async function strike(fault: string, act: (step: RunningStep) => Promise<void>, socket: string) {
  // Nobody else's processes have this command line.
  const seconds = 2 + randomInt(1e6) / 1e7;
  const checks = naps(12, seconds);
  await using workspace = await createWorkspace({ checks: { [hostSystem]: checks } });
  const step = await workspace.start(
    { builders: `local - - ${inFlight}`, keepalive: '5s' },
    { environment: { NIX_DAEMON_SOCKET_PATH: socket }, timeoutMs: 60_000 },
  );
  await step.untilPrinted('building on local');
  await untilRunning(`/usr/bin/sleep ${seconds}`, inFlight);
  const startedAt = performance.now();
  const noticed = step.untilPrinted('builder trouble on local').then(() => performance.now() - startedAt);
  await act(step);
  const noticedSeconds = (await noticed) / 1000;
  const ended = await step.finished;
  const results = resultsOf(ended);
  expect(ended.exitCode, ended.printed).toBe(0);
  expect(namesByOutcome(results)).toEqual({ built: Object.keys(checks).sort() });
  const lost = lostAttempts(results, 'local');
  expect(new Set(lost.map(({ result }) => result))).toEqual(new Set(['infrastructure']));
  expect(noticedSeconds).toBeLessThan(3);
  const classes = ['infrastructure'];
  await recordFault({ fault, inFlight, moved: lost.length, lost: 0, noticedSeconds, classes });
  return { results, lost };
}

test('this machine is back in use when its daemon is', async () => {
  await using daemon = await new LocalDaemon().start();
  const act = async (): Promise<void> => {
    await daemon.kill();
    await sleep(1000);
    await daemon.start();
  };
  const { results, lost } = await strike('daemon of this machine restarts', act, daemon.socket);
  expect(lost.length).toBeGreaterThanOrEqual(inFlight);
  expect(troubleOf(results, 'local').join()).not.toContain('given up');
});

test('without a daemon here, a process that serves the store is replaced', async () => {
  const act = async (step: RunningStep): Promise<void> =>
    void spawnSync('pkill', ['-KILL', '-n', '-P', String(step.pid), '-f', 'nix-daemon --stdio']);
  const { results } = await strike('a process that serves this store is killed', act, '/nonexistent/socket');
  expect(troubleOf(results, 'local').join()).not.toContain('given up');
});

test('after SIGKILL nothing is built here any more', async () => {
  const command = `/usr/bin/sleep ${randomInt(100_000, 200_000)}`;
  const long = shellBuild({ name: 'long', script: `echo asleep\n${command}` });
  await using workspace = await createWorkspace({ checks: { [hostSystem]: { long } } });
  const step = await workspace.start({ builders: 'local' });
  await step.untilPrinted('long> asleep');
  expect(await countRunning(command)).toBe(1);
  step.signal('SIGKILL');
  const goneAfterMs = await untilGone(command);
  expect(goneAfterMs).toBeLessThan(5000);
  await step.finished;
  const noticedSeconds = goneAfterMs / 1000;
  await recordFault({
    fault: 'SIGKILL, building on this machine',
    inFlight: 1,
    moved: 0,
    lost: 0,
    noticedSeconds,
    classes: [],
  });
});
