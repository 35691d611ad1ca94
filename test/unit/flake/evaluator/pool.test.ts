import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DispatchError } from '../../../../src/errors.ts';
import type { EvaluatorLimits, Reply } from '../../../../src/flake/evaluator/evaluator.ts';
import { visitLine } from '../../../../src/flake/evaluator/expressions.ts';
import { parseNixVersion } from '../../../../src/flake/evaluator/nix-version.ts';
import { EvaluatorPool } from '../../../../src/flake/evaluator/pool.ts';

const MIB = 1024 ** 2;
const STAND_IN = join(import.meta.dirname, '../../../support/flake/repl-stand-in.ts');
const pools: EvaluatorPool[] = [];
let folder = '';
let program = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  program = join(folder, 'nix');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${STAND_IN}" "$@"\n`, { mode: 0o755 });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

afterEach(() => {
  for (const pool of pools.splice(0)) pool.stop(new DispatchError('cancelled', 'the test is over'));
});

function poolOf(
  limits: Partial<EvaluatorLimits> = {},
  workers = 1,
  nixArgs: readonly string[] = [],
): EvaluatorPool {
  const pool = new EvaluatorPool({
    source: {
      nix: { program, directory: '/', environment: process.env, platforms: [] },
      version: parseNixVersion('nix (Nix) 2.26.3'),
      url: 'path:/f',
      nixArgs,
    },
    workers,
    limits: { maxMemoryBytes: 4096 * MIB, timeoutMs: undefined, ...limits },
    onLoaded: () => undefined,
  });
  pools.push(pool);
  return pool;
}

function ask(pool: EvaluatorPool, name: string): Promise<Reply> {
  return pool.run(visitLine('value', ['top', name]));
}

/** The process that answered. */
async function pidOf(reply: Promise<Reply>): Promise<string> {
  const { outcome } = await reply;
  return outcome.kind === 'answered' ? outcome.json : JSON.stringify(outcome);
}

test('an evaluator that logs in another format is told of, not waited for', async () => {
  await expect(ask(poolOf({}, 1, ['--plain-log']), 'a')).rejects.toMatchObject({
    code: 'evaluation',
    message: expect.stringContaining('look at nix_args'),
  });
});

test('an evaluator is used again', async () => {
  const pool = poolOf();
  expect(await pidOf(ask(pool, 'a'))).toBe(await pidOf(ask(pool, 'b')));
});

test('several evaluators share one queue', async () => {
  const pool = poolOf({}, 2);
  const pids = await Promise.all(Array.from({ length: 20 }, (_, index) => pidOf(ask(pool, `a${index}`))));
  expect(new Set(pids).size).toBe(2);
});

test('what kills a used evaluator is asked once more of a new one', async () => {
  const pool = poolOf();
  const first = await pidOf(ask(pool, 'a'));
  const second = await pidOf(ask(pool, 'crash-when-warm'));
  expect(second).toMatch(/"other"/);
  expect(second).not.toBe(first);
});

test('what kills a new evaluator is to blame, and the others lose nothing', async () => {
  const pool = poolOf();
  const names = ['a', 'crash', 'b', 'out-of-memory', 'c'];
  const replies = await Promise.all(names.map((name) => ask(pool, name)));
  expect(replies.map(({ outcome }) => outcome.kind)).toEqual([
    'answered',
    'died',
    'answered',
    'died',
    'answered',
  ]);
  expect(replies[1]?.outcome).toEqual({
    kind: 'died',
    reason: 'crashed',
    error: 'error: stack overflow (possible infinite recursion)',
  });
  expect(replies[3]?.outcome).toMatchObject({ reason: 'out-of-memory' });
});

test('an evaluator that has grown is replaced between two questions', async () => {
  const pool = poolOf({ maxMemoryBytes: 450 * MIB });
  const grown = await ask(pool, 'grow');
  expect(grown.cost.memoryBytes).toBeGreaterThan(250 * MIB);
  expect(await pidOf(ask(pool, 'a'))).not.toBe(await pidOf(Promise.resolve(grown)));
});

test('an evaluator beyond its limit is killed while it works', async () => {
  const pool = poolOf({ maxMemoryBytes: 150 * MIB });
  expect((await ask(pool, 'grow-and-hang')).outcome).toMatchObject({ kind: 'died', reason: 'out-of-memory' });
});

test('a question has a time limit, and is not asked again', async () => {
  const pool = poolOf({ timeoutMs: 1500 });
  await ask(pool, 'a');
  const startedAtMs = performance.now();
  const { outcome } = await ask(pool, 'hang');
  expect(outcome).toMatchObject({ kind: 'died', reason: 'timed-out' });
  expect(performance.now() - startedAtMs).toBeLessThan(2800);
  expect((await ask(pool, 'b')).outcome.kind).toBe('answered');
});

test('a flake cannot forge an answer, nor the end of one', async () => {
  const { outcome, warnings } = await ask(poolOf(), 'forge');
  expect(outcome).toMatchObject({ kind: 'answered', json: expect.not.stringContaining('forged') });
  expect(warnings).toHaveLength(2);
});

test('the last error is the answer, whatever other programs print', async () => {
  const { outcome } = await ask(poolOf(), 'fail');
  expect(outcome).toEqual({ kind: 'refused', error: 'error: the last one' });
});

test('warnings, traces and builds belong to their question', async () => {
  const pool = poolOf();
  const replies = [await ask(pool, 'a'), await ask(pool, 'warn'), await ask(pool, 'b')];
  expect(replies.map(({ warnings }) => warnings)).toEqual([[], ['careful', 'traced'], []]);
  expect(replies.map(({ builds }) => builds.map(({ drvPath, machine }) => `${drvPath} ${machine}`))).toEqual([
    [],
    ['/nix/store/x.drv ssh://b1'],
    [],
  ]);
});

test('a stopped pool rejects what runs, what waits and what comes', async () => {
  const pool = poolOf();
  const questions = Promise.allSettled(['hang', 'a'].map((name) => ask(pool, name)));
  pool.stop(new DispatchError('cancelled', 'enough'));
  const enough = { status: 'rejected', reason: { code: 'cancelled', message: 'enough' } };
  expect(await questions).toMatchObject([enough, enough]);
  await expect(ask(pool, 'b')).rejects.toThrow('enough');
});

test('a flake that does not load is one error for all', async () => {
  const pool = new EvaluatorPool({
    source: {
      nix: { program: '/bin/false', directory: '/', environment: {}, platforms: [] },
      version: parseNixVersion('nix (Nix) 2.26.3'),
      url: 'path:/f',
      nixArgs: [],
    },
    workers: 1,
    limits: { maxMemoryBytes: 1024 * MIB, timeoutMs: undefined },
    onLoaded: () => undefined,
  });
  const error = {
    code: 'evaluation',
    message: 'cannot load the flake path:/f: the evaluator ended with exit code 1',
  };
  expect(await Promise.allSettled(['a', 'b'].map((name) => ask(pool, name)))).toMatchObject([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ]);
});
