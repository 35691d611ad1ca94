import { expect, it, vi } from 'vitest';
import { askForOutputs } from '../../../../src/dispatch/attempt/proven-outputs.ts';
import { createGraph, type GraphNode } from '../../../../src/dispatch/graph/graph.ts';
import type { StorePath } from '../../../../src/nix/store-path.ts';
import { drv, facts, output, storePath } from '../../../support/dispatch/derivations.ts';
import { buildResult, pathInfo } from '../../../support/dispatch/machine.ts';

const [doc, dev] = [storePath('doc'), storePath('dev')];
const built = { kind: 'built' } as const;

/** A build whose outputs `out` and `dev` are known, and `doc` only when it is built. */
function node(): GraphNode {
  const one = createGraph().intern(drv('a'));
  const outputs = new Map([
    ['out', output('a')],
    ['doc', undefined],
    ['dev', dev],
  ]);
  one.facts = facts('a', [], { outputs });
  return one;
}

const result = {
  ...buildResult('built'),
  builtOutputs: new Map([['doc', { drvHash: undefined, outPath: doc, signatures: [] }]]),
};

/** A machine whose two conversations each know of some paths, or are closed. */
function machine(here: readonly StorePath[] | 'closed', there = here) {
  const gone = () => Promise.reject(new Error('closed'));
  const queryPathInfos = vi.fn((paths: readonly StorePath[]) =>
    here === 'closed'
      ? gone()
      : Promise.resolve(paths.map((path) => (here.includes(path) ? pathInfo(path, [], 10) : undefined))),
  );
  const hold = vi.fn((paths: readonly StorePath[]) =>
    there === 'closed' ? gone() : Promise.resolve(new Set(paths.filter((path) => there.includes(path)))),
  );
  return { queryPathInfos, hold };
}

it('asks before the build has ended for what is known, and then only for what the build told', async () => {
  const { queryPathInfos, hold } = machine([output('a'), dev, doc]);
  const prove = askForOutputs({ queryPathInfos }, { hold }, node());
  expect(queryPathInfos.mock.calls).toEqual([[[output('a'), dev]]]);
  expect(await prove(built, result)).toEqual({ end: built, outputBytes: 30 });
  expect(queryPathInfos.mock.calls.slice(1)).toEqual([[[doc]]]);
  expect(hold).not.toHaveBeenCalled();
});

it.each([
  ['a known one', [output('a'), doc], dev],
  ['one that the build told', [output('a'), dev], doc],
])('takes a build without an output for no build: %s', async (_which, there, absent) => {
  const { queryPathInfos, hold } = machine(there);
  const { end, outputBytes } = await askForOutputs({ queryPathInfos }, { hold }, node())(built, result);
  expect(end).toMatchObject({ kind: 'infrastructure', isRefusal: true });
  expect(end).toHaveProperty('message', expect.stringContaining(absent));
  expect(outputBytes).toBeUndefined();
  expect(hold.mock.calls).toEqual([[[absent]]]);
});

it.each([
  ['one conversation only does not know of', [output('a'), doc], [dev]],
  ['nobody answered about', 'closed', [output('a'), dev, doc]],
  ['the second conversation was lost over', [], 'closed'],
] as const)('gives a build the benefit of the doubt whose outputs %s', async (_which, here, there) => {
  const { queryPathInfos, hold } = machine(here, there);
  const proven = await askForOutputs({ queryPathInfos }, { hold }, node())(built, result);
  expect(proven).toEqual({ end: built, outputBytes: undefined });
});

it('leaves other ends alone', async () => {
  const { queryPathInfos, hold } = machine([]);
  const end = { kind: 'failed', message: 'no' } as const;
  const proven = await askForOutputs({ queryPathInfos }, { hold }, node())(end, buildResult('misc-failure'));
  expect(proven).toEqual({ end, outputBytes: undefined });
  expect(hold).not.toHaveBeenCalled();
});
