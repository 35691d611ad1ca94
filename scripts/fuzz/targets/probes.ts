import { parseProbeAnswer, parseReadyLine } from '../../../src/accounting/proc/probe.ts';
import { cpuBetween, findWorker } from '../../../src/accounting/proc/worker.ts';
import { parseMachineFacts } from '../../../src/builders/machine-facts.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';

const STAT =
  '4321 (nix-daemon) S 1 4321 4321 0 -1 4194560 1 2 3 4 5 6 700 80 20 0 1 0 123456 1 2 3 4 5 6 7 8 9 10 11';

/** What a builder's shell answers: lines of its /proc, its settings and its uname. */
export const probes: FuzzTarget = {
  name: 'probes',
  share: 8,
  samples: texts(
    'nix-dispatch-probe 100 4\n',
    `argv 4321 nix-daemon\u001f4322\u001f\u001f\nstat ${STAT}\n`,
    `argv 4321 /nix/store/x/bin/nix-daemon\u001f--for\u001f4322\nstat ${STAT.replace('(nix-daemon)', '(a) b) c')}\n`,
    '{"system":{"value":"x86_64-linux"},"system-features":{"value":["kvm"]},"extra-platforms":{"value":[]}}\nnix-dispatch-uname Linux x86_64\n',
    'motd\n\nnix-dispatch-uname Darwin arm64\n',
  ),
  tokens: texts(
    'argv ',
    'stat ',
    '\u001f',
    '\n',
    ') ',
    '(',
    'nix-daemon',
    '--stdio',
    '--for',
    '4322',
    '99999999999999999',
    '-1',
    '{"system":{"value":"',
    '"}}',
    'nix-dispatch-uname ',
    'null',
    '[',
    '{',
  ),
  take(bytes) {
    const text = textOf(bytes);
    return endingOf(() => {
      const lines = text.split('\n');
      const { processes, stats } = parseProbeAnswer(lines);
      const worker = findWorker(processes, 4322, { index: 0, of: 1 });
      const cpu = stats[0] === undefined ? undefined : cpuBetween(stats[1], stats[0], 100);
      must(cpu === undefined || (cpu.seconds >= 0 && Number.isFinite(cpu.seconds)), 'CPU time is no time');
      const greeting = parseReadyLine(lines[0] ?? '');
      const facts = parseMachineFacts(text);
      must(facts === undefined || facts.systems.every((system) => system !== ''), 'a system has no name');
      return [Math.min(stats.length, 3), Math.min(processes.length, 3), worker, cpu, greeting, facts]
        .map((found) => (typeof found === 'object' ? 'found' : String(found).slice(0, 1)))
        .join(' ');
    });
  },
};
