import { expect, it } from 'vitest';
import { copyClosure } from '../../../../src/dispatch/stores/transfer.ts';
import type { StorePath } from '../../../../src/nix/store-path.ts';
import { output } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo, type Machine } from '../../../support/dispatch/machine.ts';
import { settle } from '../../../support/dispatch/session.ts';

const paths = ['a', 'b', 'c', 'd'].map((name) => output(name));
const [a, b, c, d] = paths as [StorePath, StorePath, StorePath, StorePath];

/** A sender with the chain a → b → c and d → c, 100 bytes each, and an empty receiver. */
function pair(): { readonly from: Machine; readonly to: Machine } {
  const from = createMachine('sender');
  from.add(pathInfo(a, [b, a]), pathInfo(b, [c]), pathInfo(c), pathInfo(d, [c]));
  return { from, to: createMachine('receiver') };
}

const added = (machine: Machine): string[] =>
  machine.asked.filter((what) => what.startsWith('add')).map((what) => what.slice(4));

it('brings a path with all it refers to, references first, and holds it there', async () => {
  const { from, to } = pair();
  expect(await copyClosure(from.store, to.store, [a])).toBe(300);
  expect(added(to)).toEqual([`${c} ${b} ${a}`]);
  expect([from.paths.get(a)?.ultimate, to.paths.get(a)?.ultimate]).toEqual([true, false]);
  await settle();
  expect([...to.store.held].toSorted()).toEqual([a, b, c].toSorted());
  expect([from.store.bytesSent, to.store.bytesReceived]).toEqual([300, 300]);
});

it('sends nothing of what is there, nor asks below it', async () => {
  const { from, to } = pair();
  to.add(pathInfo(b));
  expect(await copyClosure(from.store, to.store, [a])).toBe(100);
  expect(added(to)).toEqual([a]);
  expect(from.asked.some((what) => what.startsWith('infos') && what.includes(c))).toBe(false);
  expect(await copyClosure(from.store, to.store, [a])).toBe(0);
});

it('sends each path once, however many want it, and lets nobody go on before it is there', async () => {
  const { from, to } = pair();
  const sizes = await Promise.all(
    [[a], [d], [b], [c], [a, d], [a]].map(async (wanted) => {
      const bytes = await copyClosure(from.store, to.store, wanted);
      for (const path of wanted) expect(to.paths.has(path)).toBe(true);
      return bytes;
    }),
  );
  expect(sizes.reduce((sum, bytes) => sum + bytes)).toBe(400);
  expect(added(to).join(' ').split(' ').toSorted()).toEqual(paths.toSorted());
  expect(to.store.incoming.size).toBe(0);
});

it('copies both ways at once without waiting for itself', async () => {
  const { from, to } = pair();
  to.add(pathInfo(output('x'), [output('y')]), pathInfo(output('y')));
  const both = [copyClosure(from.store, to.store, [a]), copyClosure(to.store, from.store, [output('x')])];
  expect(await Promise.all(both)).toEqual([300, 200]);
});

it('tells everybody who waited when a copy fails, names both hosts, and starts anew for the next', async () => {
  const { from, to } = pair();
  await from.store.infos(paths);
  const lost = [...from.paths.values()];
  from.paths.clear();
  const ends = await Promise.allSettled([
    copyClosure(from.store, to.store, [b]),
    copyClosure(from.store, to.store, [a, b]),
  ]);
  for (const end of ends) {
    const reason: unknown = end.status === 'rejected' ? end.reason : undefined;
    expect(String(reason)).toMatch(/copying \d paths from sender to receiver failed: .* is not valid/u);
  }
  expect(to.store.incoming.size).toBe(0);
  expect([to.store.bytesReceived, from.store.bytesSent]).toEqual([0, 0]);
  from.add(...lost);
  expect(await copyClosure(from.store, to.store, [a, b])).toBe(300);
});

it('lets the fault of one copy cost nobody who only waited for it', async () => {
  const { from, to } = pair();
  let isFirst = true;
  to.patience = () => {
    if (!isFirst || to.asked.at(-1)?.startsWith('add ') !== true) return Promise.resolve();
    isFirst = false;
    return Promise.reject(new Error('the conversation broke'));
  };
  const ends = await Promise.allSettled(
    [[b], [a], [d], [c]].map((one) => copyClosure(from.store, to.store, one)),
  );
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(paths.filter((path) => !to.paths.has(path))).toEqual([]);
  // Once in vain, then by the first of those that waited.
  expect(
    added(to)
      .join(' ')
      .split(' ')
      .filter((path) => path === c),
  ).toHaveLength(2);
});

it('ends when the receiver goes away in the middle', async () => {
  const { from, to } = pair();
  const copy = copyClosure(from.store, to.store, [a]);
  let answers = 0;
  to.patience = () => (++answers > 1 ? new Promise(() => {}) : Promise.resolve());
  await settle();
  to.drop();
  await expect(copy).rejects.toThrow('closed');
  expect(to.store.incoming.size).toBe(0);
});

it('names the path that the sender has lost', async () => {
  const { from, to } = pair();
  from.paths.delete(c);
  await expect(copyClosure(from.store, to.store, [a])).rejects.toThrow(`${c} is not in the store of sender`);
});

it('comes to an end with a store whose paths refer to ever others', async () => {
  const { from, to } = pair();
  let invented = 0;
  const invent: Machine['store']['infos'] = (wanted) =>
    Promise.resolve(
      wanted.map((path) =>
        pathInfo(
          path,
          Array.from({ length: 10 }, () => output(`invented-${invented++}`)),
        ),
      ),
    );
  await expect(copyClosure({ ...from.store, infos: invent }, to.store, [a])).rejects.toMatchObject({
    code: 'protocol',
    host: 'sender',
    message: expect.stringContaining('refers to more than 200000 paths'),
  });
  expect(added(to)).toEqual([]);
});
