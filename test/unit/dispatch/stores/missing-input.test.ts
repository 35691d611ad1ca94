import { expect, it } from 'vitest';
import { endWithInputs } from '../../../../src/dispatch/stores/missing-input.ts';
import { storePath } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo } from '../../../support/dispatch/machine.ts';

const source = storePath('source');
const failed = { kind: 'failed', message: 'exit code 2' } as const;

it('blames no build for an input that was dropped under it', async () => {
  const machine = createMachine('one');
  const client = await machine.channels.acquire();
  expect(await endWithInputs(client, failed, [source])).toEqual({
    kind: 'infrastructure',
    message: `its input ${source} was dropped under it: exit code 2`,
  });
  machine.add(pathInfo(source));
  expect(await endWithInputs(client, failed, [source])).toBe(failed);
});

it('asks only where a build failed, and takes its word where nobody answers', async () => {
  const machine = createMachine('one');
  const client = await machine.channels.acquire();
  const built = { kind: 'built' } as const;
  expect(await endWithInputs(client, built, [source])).toBe(built);
  expect(machine.asked).toEqual([]);
  const gone = { ...client, queryValidPaths: () => Promise.reject(new Error('the connection is closed')) };
  expect(await endWithInputs(gone, failed, [source])).toBe(failed);
});
