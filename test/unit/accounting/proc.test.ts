import { describe, expect, test } from 'vitest';
import { bestCpuTime, cgroupCpuTime, estimatedCpuTime } from '../../../src/accounting/cpu-time.ts';
import { parseProbeAnswer, parseReadyLine, statRequest } from '../../../src/accounting/proc/probe.ts';
import { parseProcessStat } from '../../../src/accounting/proc/stat.ts';
import { cpuBetween, findWorker } from '../../../src/accounting/proc/worker.ts';

/** A stat line as Linux writes it, with fields 16 and 17 (waited-for children) and 22 (start) as given. */
function statLine(
  pid: number,
  changes: { comm?: string; parent?: number; user?: number; system?: number; start?: number } = {},
): string {
  const { comm = 'nix-daemon', parent = 42, user = 0, system = 0, start = 1000 } = changes;
  return `${pid} (${comm}) S ${parent} 1 1 0 -1 4194560 56111 1687720 0 1141 162 733 ${user} ${system} 20 0 12 0 ${start} 48947200 4754 18446744073709551615 1 1`;
}

function answer(...processes: readonly (readonly [number, readonly string[]])[]) {
  return processes.flatMap(([pid, argv]) => [
    `argv ${pid} ${argv.map((word) => `${word}\u001f`).join('')}`,
    `stat ${statLine(pid)}`,
  ]);
}

describe('/proc/<pid>/stat', () => {
  test('gives parent, start and the time of children that ended', () => {
    expect(parseProcessStat(statLine(7, { user: 120, system: 30 }))).toEqual({
      pid: 7,
      parentPid: 42,
      waitedChildTicks: 150,
      startTicks: 1000,
    });
  });

  test('of a command with spaces and brackets is read all the same', () => {
    expect(parseProcessStat(statLine(7, { comm: 'a) S 1 (b', user: 5 }))?.waitedChildTicks).toBe(5);
  });

  test.each(['', 'x', '7 (a) S 1 2 3', '7 a S', statLine(7).replace(' 42 ', ' -x ')])('is not %j', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });
});

describe('the probe', () => {
  test('is ready when it says so, with the ticks of a second', () => {
    expect(parseReadyLine('nix-dispatch-probe 100 8')).toEqual({ ticksPerSecond: 100, cores: 8 });
    expect(parseReadyLine('nix-dispatch-probe 100 0')).toEqual({ ticksPerSecond: 100, cores: undefined });
    expect(parseReadyLine('Welcome to b1!')).toBeUndefined();
    expect(parseReadyLine('nix-dispatch-probe 0 8')).toBeUndefined();
  });

  test('lists processes with their arguments, less the NULs behind a short pid', () => {
    const { processes } = parseProbeAnswer([
      'argv 7 nix-daemon\u001f123\u001f\u001f\u001f\u001f\u001f',
      `stat ${statLine(7)}`,
      'argv 8 gone before its stat was read',
      'garbage',
    ]);
    expect(processes.map(({ pid, argv }) => [pid, argv])).toEqual([[7, ['nix-daemon', '123']]]);
  });

  test('gives the stats that were asked for', () => {
    expect(statRequest([7, 8])).toBe('stat 7 8\n');
    expect(parseProbeAnswer([`stat ${statLine(8, { user: 3 })}`]).stats).toMatchObject([
      { pid: 8, waitedChildTicks: 3 },
    ]);
  });
});

describe('the worker of a connection', () => {
  const daemon = [1, ['/usr/bin/nix-daemon', '--daemon']] as const;
  const client = [50, ['nix-daemon', '--stdio']] as const;

  test.each<
    [string, readonly (readonly [number, readonly string[]])[], number, number | 'unclear' | 'absent']
  >([
    [
      'of nix-daemon has the pid as its argument',
      [daemon, client, [60, ['nix-daemon', '50']], [61, ['nix-daemon', '51']]],
      50,
      60,
    ],
    ['of "nix daemon" has six digits of it', [[60, ['/bin/nix', '123456']]], 1234567, 60],
    ['of Lix has it after --for', [client, [60, ['/nix/store/x-lix/bin/nix-daemon', '--for', '50']]], 50, 60],
    ['of Lix by socket activation', [[60, ['nix-daemon', '--for', '50', '--x']]], 50, 60],
    ['is the client where no daemon runs', [client, [51, ['nix-daemon', '--stdio']]], 50, 50],
    ['is not a client of another kind', [[50, ['sshd: builder']]], 50, 'absent'],
    ['is unknown when only others are there', [daemon, [60, ['nix-daemon', '51']]], 50, 'absent'],
    [
      'is unknown when two fit',
      [
        [60, ['nix', '123456']],
        [61, ['nix', '123456']],
      ],
      1234567,
      'unclear',
    ],
    ['is not found where nothing is seen', [], 50, 'absent'],
  ])('%s', (_, processes, clientPid, expected) => {
    const sought = findWorker(parseProbeAnswer(answer(...processes)).processes, clientPid);
    expect(sought.kind === 'found' ? sought.worker.pid : sought.kind).toBe(expected);
  });

  test('is not the process that it has forked to build in', () => {
    const lines = [
      `argv 60 nix-daemon\u001f50`,
      `stat ${statLine(60, { parent: 1 })}`,
      `argv 70 nix-daemon\u001f50`,
      `stat ${statLine(70, { parent: 60 })}`,
      `argv 71 nix-daemon\u001f50`,
      `stat ${statLine(71, { parent: 70 })}`,
    ];
    expect(findWorker(parseProbeAnswer(lines).processes, 50)).toMatchObject({ worker: { pid: 60 } });
  });

  const at = (pid: number, user: number, start = 1000) => {
    const stat = parseProcessStat(statLine(pid, { user, system: 1, start }));
    if (stat === undefined) throw new Error('the sample is no stat line');
    return stat;
  };

  test('used what grew between two looks', () => {
    expect(cpuBetween(at(60, 100), at(60, 350), 100)).toEqual({ seconds: 2.5, source: 'proc' });
  });

  test('tells nothing across processes', () => {
    expect(cpuBetween(at(60, 100), at(61, 350), 100)).toBeUndefined();
    expect(cpuBetween(at(60, 100), at(60, 350, 2000), 100)).toBeUndefined();
    expect(cpuBetween(at(60, 350), at(60, 100), 100)).toBeUndefined();
  });
});

describe('the source of a CPU time', () => {
  test('is the best that is known', () => {
    const proc = { seconds: 2, source: 'proc' } as const;
    expect(bestCpuTime([estimatedCpuTime(3, 4), undefined, proc])).toEqual(proc);
    expect(bestCpuTime([proc, cgroupCpuTime(1_500_000, 250_000n)])).toEqual({
      seconds: 1.75,
      source: 'cgroup',
    });
    expect(bestCpuTime([undefined])).toBeUndefined();
  });

  test('is not a cgroup unless both times came', () => {
    expect(cgroupCpuTime(1, undefined)).toBeUndefined();
    expect(cgroupCpuTime(undefined, 1)).toBeUndefined();
  });
});
