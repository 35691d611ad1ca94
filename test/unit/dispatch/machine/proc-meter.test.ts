import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCpuMeter } from '../../../../src/dispatch/machine/proc-meter.ts';
import type { DaemonClient } from '../../../../src/nix/client/daemon-client.ts';

/** Counts as far as it is told to, in a child that it waits for: what a daemon's worker does, as /proc sees it. */
const WORKER =
  'while read -r count; do ( i=0; while [ $i -lt $count ]; do i=$((i+1)); done ); echo built; done';
const CLIENT_PID = 7654321;
/** Loops that take some tenths of a second. */
const LONG = 400_000;

let folder: string;
let worker: ChildProcess;
let answers: AsyncIterator<string>;
let shells: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-meter-'));
  // A shell takes its first argument for a script; here it is also the pid that a daemon writes there.
  await writeFile(join(folder, String(CLIENT_PID)), WORKER);
  worker = spawn('sh', [String(CLIENT_PID)], {
    argv0: 'nix-daemon',
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(worker, 'spawn');
  if (worker.stdout === null) throw new Error('expected a pipe from the worker');
  answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  shells = [];
});

afterEach(async () => {
  for (const child of [worker, ...shells]) child.kill();
  await rm(folder, { recursive: true });
});

function meter(clientPid: number | undefined) {
  return createCpuMeter({
    openCommand: async ([program = '', ...args]: readonly string[]) => {
      const shell = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
      shells.push(shell);
      return { stream: Duplex.from({ readable: shell.stdout, writable: shell.stdin }) };
    },
    clientPid: () => clientPid,
    siblings: (client: DaemonClient) => [client],
  } as unknown as Parameters<typeof createCpuMeter>[0]);
}

async function build(count: number): Promise<void> {
  worker.stdin?.write(`${count}\n`);
  await answers.next();
}

const client = {} as DaemonClient;

test('builds that follow each other at once do not pay for one another', async () => {
  const { begin } = meter(CLIENT_PID);
  const endFirst = begin(client);
  await build(LONG);
  const first = endFirst(undefined);
  const endSecond = begin(client);
  await build(1);
  const second = endSecond(undefined);
  const endThird = begin(client);
  await build(LONG);
  const third = endThird(undefined);
  const [long, short, longAgain] = await Promise.all([first, second, third]);
  expect(long).toMatchObject({ source: 'proc' });
  expect(long?.seconds).toBeGreaterThan(0.1);
  expect(short?.seconds).toBeLessThan(0.1);
  expect(longAgain?.seconds).toBeGreaterThan(0.1);
});

test('what the daemon tells comes first', async () => {
  const { begin } = meter(CLIENT_PID);
  const end = begin(client);
  await build(1);
  const result = { cpuUserMicroseconds: 1_500_000n, cpuSystemMicroseconds: 500_000n };
  expect(await end(result as unknown as Parameters<typeof end>[0])).toEqual({ seconds: 2, source: 'cgroup' });
});

test('where no worker is seen there is a bound: the wall time on every core', async () => {
  const end = meter(undefined).begin(client);
  await build(LONG);
  const cpu = await end(undefined);
  expect(cpu?.source).toBe('estimate');
  expect(cpu?.seconds).toBeGreaterThan(0.1);
});

test('a shell that falls silent is waited for once, even when its channel never says that it is closed', async () => {
  vi.useFakeTimers();
  try {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), destroy() {} });
    const silent = createCpuMeter({
      openCommand: async () => ({ stream }),
      clientPid: () => CLIENT_PID,
      siblings: (client: DaemonClient) => [client],
    } as unknown as Parameters<typeof createCpuMeter>[0]);
    const client = {} as DaemonClient;
    const first = silent.begin(client)(undefined);
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(first).resolves.toBeUndefined();
    await expect(silent.begin(client)(undefined)).resolves.toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});
