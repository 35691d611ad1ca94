import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChildProcess } from 'node:child_process';
import {
  parseProbeAnswer,
  parseReadyLine,
  PROBE_END,
  PROBE_SCRIPT,
  SCAN_REQUEST,
  statRequest,
} from '../../../src/accounting/proc/probe.ts';
import { parseProcessStat } from '../../../src/accounting/proc/stat.ts';

let daemon: ChildProcess;

beforeAll(async () => {
  // Looks like a worker of a daemon to whoever reads its command line.
  daemon = spawn('sleep', ['300'], { argv0: 'nix-daemon', stdio: 'ignore' });
  await once(daemon, 'spawn');
});

afterAll(() => {
  daemon.kill();
});

function ask(requests: string): string[] {
  return execFileSync('sh', ['-c', PROBE_SCRIPT], { input: requests, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

test('a POSIX shell runs the probe: it finds daemons by their command line', () => {
  const [ready = '', ...lines] = ask(SCAN_REQUEST);
  expect(parseReadyLine(ready)).toEqual({ ticksPerSecond: expect.any(Number), cores: expect.any(Number) });
  expect(lines.at(-1)).toBe(PROBE_END);
  const found = parseProbeAnswer(lines).processes.find(({ pid }) => pid === daemon.pid);
  expect(found?.argv).toEqual(['nix-daemon', '300']);
  expect(found?.stat.parentPid).toBe(process.pid);
});

test('it reads the stat of those that are there, answers every request and ends with its input', () => {
  const lines = ask(`${statRequest([process.pid, 4_194_999])}unknown\n${SCAN_REQUEST}`);
  expect(lines.filter((line) => line === PROBE_END)).toHaveLength(3);
  const [stat] = parseProbeAnswer(lines).stats;
  const own = parseProcessStat(readFileSync(`/proc/${process.pid}/stat`, 'utf8'));
  expect(stat?.startTicks).toBe(own?.startTicks);
});
