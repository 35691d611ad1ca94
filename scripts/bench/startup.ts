// Measures what starting the action costs, against importing @actions/core alone. One JSON line at the end.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, distFolder } from '../bundle/bundle.ts';

const ROUNDS = 25;
const ALLOWED_RATIO = 1.3;

/** Wall time of a whole process until it has found a wrong input: everything that every run loads has been loaded. */
function startMs(file: string): number {
  const environment = { ...process.env, INPUT_FAIL_FAST: 'neither' };
  const startedAt = performance.now();
  const { error } = spawnSync(process.execPath, [file], { env: environment, stdio: 'ignore' });
  if (error !== undefined) throw error;
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-startup-'));
try {
  // As everybody else has it: with nothing left out.
  const files = await bundle({ core: 'scripts/bench/core-only.ts' }, []);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const { name, contents } of files) await writeFile(join(folder, name), contents);

  const coreMs: number[] = [];
  const actionMs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    coreMs.push(startMs(join(folder, 'core.js')));
    actionMs.push(startMs(join(distFolder, 'index.js')));
  }
  const ratio = median(actionMs) / median(coreMs);
  console.log(
    `@actions/core alone ${median(coreMs).toFixed(0)} ms, action ${median(actionMs).toFixed(0)} ms: ${ratio.toFixed(2)} ×`,
  );
  console.log(
    JSON.stringify({
      bench: 'startup',
      rounds: ROUNDS,
      coreMs: Math.round(median(coreMs)),
      actionMs: Math.round(median(actionMs)),
      ratio: Number(ratio.toFixed(3)),
      allowed: ALLOWED_RATIO,
    }),
  );
  if (ratio > ALLOWED_RATIO) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}
