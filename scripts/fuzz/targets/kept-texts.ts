import { parseHistory, printHistory } from '../../../src/dispatch/history/history-text.ts';
import { parseMachineState } from '../../../src/doctor/machine-state.ts';
import { parseEvaluation } from '../../../src/flake/cache/stored-evaluation.ts';
import { parseUsage } from '../../../src/nixbuild/usage.ts';
import { endingOf, must, textOf, texts, type FuzzTarget } from '../target.ts';
import { DRV_PATH, OUT_PATH } from './sample-wire.ts';

const JOB = `{"topAttr":"checks","system":"x86_64-linux","attr":"a","path":["a"],"name":"a","description":"","type":"derivation","label":"a","drvPath":"${DRV_PATH}","outputs":[["out","${OUT_PATH}"]],"requiredFeatures":[],"evaluation":{"seconds":1},"warnings":[]}`;

/** Texts that other runs left and services answer with, and what a builder tells of itself when it is examined. */
export const keptTexts: FuzzTarget = {
  name: 'kept-texts',
  share: 6,
  samples: texts(
    '{"version":1,"durations":{"hello":[[1.5,"abc","1.0"],[2,"def","1.1"]]}}\n',
    `{"key":"k","evaluatedAtMs":1,"evaluated":1,"pruned":0,"jobs":[${JOB}]}\n`,
    `[{"derivation_path":"${DRV_PATH}","cpu_seconds":3,"peak_memory_use_kilobytes":100},{"derivation_path":"x"}]`,
    'nix-dispatch-section system\nLinux\nnix-dispatch-section sshd\nMaxSessions 4\nMatch User x\nMaxSessions 1\nnix-dispatch-section cores\n8\nnix-dispatch-section end\n',
  ),
  tokens: texts(
    '"version":1',
    '"durations":{',
    '[[1e308,"x","y"]]',
    '-1',
    'null',
    '__proto__',
    '{',
    '[',
    '"jobs":[',
    JOB,
    DRV_PATH,
    '"cpu_seconds":',
    'nix-dispatch-section ',
    'cores\n',
    'MaxSessions ',
    'Match ',
    '\n',
  ),
  take(bytes) {
    const text = textOf(bytes);
    return endingOf(() => {
      const history = parseHistory(text);
      if (typeof history !== 'string') {
        const again = parseHistory(printHistory(history));
        must(
          typeof again !== 'string' && again.length === history.length,
          'a history is not what was written',
        );
      }
      const evaluation = parseEvaluation(text);
      const usage = parseUsage(jsonOf(text));
      for (const { cpuSeconds } of usage?.values() ?? []) must(cpuSeconds >= 0, 'CPU time is below nothing');
      const state = parseMachineState(text);
      must(state?.cores === undefined || state.cores > 0, 'a machine has no cores');
      const found = [evaluation, usage, state].map((one) => typeof one).join(' ');
      return `${typeof history === 'string' ? history.slice(0, 12) : Math.min(history.length, 3)} ${found}`;
    });
  },
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
