import { expect, it } from 'vitest';
import { attemptWorld as world } from '../../../support/dispatch/attempt-world.ts';
import { drv, facts, output, storePath } from '../../../support/dispatch/derivations.ts';
import { buildResult, pathInfo } from '../../../support/dispatch/machine.ts';

it('believes no builder that says it has built what is not in its store, and asks no honest one twice', async () => {
  const { run, machine, session } = world();
  const { attempt, complete } = await run();
  expect(attempt.end).toEqual({
    kind: 'infrastructure',
    message: `its daemon says that it is built, but ${output('a')} is not in its store`,
    isRefusal: true,
  });
  expect((await complete).outputBytes).toBeUndefined();
  expect(session.store.held.has(output('a'))).toBe(false);
  machine.add(pathInfo(output('a')));
  machine.asked.length = 0;
  expect((await run()).attempt.end).toEqual({ kind: 'built' });
  expect(machine.asked).toEqual([`build ${drv('a')}`, `infos ${output('a')}`, `root ${output('a')}`]);
});

it('believes no builder about a path that follows from the derivation', async () => {
  const { run, machine, node, session } = world();
  const signatures: readonly string[] = [];
  const claim = (outPath: ReturnType<typeof storePath>) => ({ drvHash: undefined, outPath, signatures });
  const [lie, doc] = [storePath('lie'), storePath('doc')];
  node.facts = facts('a', [], {
    outputs: new Map([
      ['out', output('a')],
      ['doc', undefined],
    ]),
  });
  machine.builds = () => ({
    ...buildResult('built'),
    builtOutputs: new Map([
      ['out', claim(lie)],
      ['doc', claim(doc)],
      ['extra', claim(lie)],
    ]),
  });
  const { attempt } = await run();
  expect([...attempt.outputs]).toEqual([
    ['out', output('a')],
    ['doc', doc],
  ]);
  expect(session.store.held.has(lie)).toBe(false);
});
