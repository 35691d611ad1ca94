import { setTimeout as sleep } from 'node:timers/promises';
import { mustRun } from '../../../scripts/provision/command.ts';
import type { Host } from '../farm/host.ts';

/** Processes with exactly this command line, on this machine and in all hosts that run on it. */
export async function countRunning(command: string): Promise<number> {
  const lines = (await mustRun(['ps', '-e', '-o', 'args='])).split('\n');
  return lines.filter((line) => line === command).length;
}

/** How many builds have processes in a host: each derivation has an output of its own in its environment. */
export async function countBuilds(host: Host): Promise<number> {
  const outputs = "grep -zhs '^out=/nix/store/' /proc/[0-9]*/environ | sort -zu | tr -cd '\\0' | wc -c";
  const { stdout } = await host.exec(['sh', '-c', outputs]);
  return Number(stdout);
}

/** Resolves when there are so many of them; throws after 40 s. */
export async function untilRunning(command: string, count: number): Promise<void> {
  const giveUpAt = performance.now() + 40_000;
  while ((await countRunning(command)) < count) {
    if (performance.now() > giveUpAt) throw new Error(`expected ${count} processes "${command}"`);
    await sleep(20);
  }
}

/** Resolves with the milliseconds that it took until the last of them was gone. */
export async function untilGone(command: string): Promise<number> {
  const startedAt = performance.now();
  while ((await countRunning(command)) > 0) await sleep(20);
  return performance.now() - startedAt;
}
