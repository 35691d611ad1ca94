import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseProcessStat } from '../../../../src/accounting/proc/stat.ts';
import { isRunning, ownLineage, type KnownProcess } from '../../../../src/setup/lifecycle/lineage.ts';
import { until } from '../../../support/until.ts';

async function knownProcess(pid: number): Promise<KnownProcess> {
  const stat = parseProcessStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
  return { pid, startTicks: stat?.startTicks ?? 0 };
}

it('begins with this process and its parent, all of which run', async () => {
  const lineage = await ownLineage();
  expect(lineage.slice(0, 2)).toEqual([await knownProcess(process.pid), await knownProcess(process.ppid)]);
  expect(lineage.map(({ pid }) => pid)).not.toContain(1);
  expect(await Promise.all(lineage.map(isRunning))).toEqual(lineage.map(() => true));
});

it('tells a process from a later one of its pid', async () => {
  const { pid, startTicks } = await knownProcess(process.pid);
  expect(await isRunning({ pid, startTicks: startTicks + 1 })).toBe(false);
});

it('counts one that has ended as ended, even if nobody has waited for it', async () => {
  // What becomes of the shell waits for no child.
  const words = ['-c', 'sleep 60 & echo $!; exec sleep 60'];
  const shell = spawn('sh', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line]: unknown[] = await once(shell.stdout.setEncoding('utf8'), 'data');
    const child = await knownProcess(Number(line));
    const comm = (): Promise<string> => readFile(`/proc/${shell.pid}/comm`, 'utf8');
    await until('the shell is one no more', async () => (await comm()) === 'sleep\n');
    expect(await isRunning(child)).toBe(true);
    process.kill(child.pid, 'SIGKILL');
    await until('it has ended', async () => !(await isRunning(child)));
    await expect(readFile(`/proc/${child.pid}/stat`, 'latin1')).resolves.toContain(') Z ');
  } finally {
    shell.kill('SIGKILL');
  }
});
