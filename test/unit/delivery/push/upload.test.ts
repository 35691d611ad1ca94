import { expect, it } from 'vitest';
import { uploadClosure } from '../../../../src/delivery/push/upload.ts';
import { DispatchError } from '../../../../src/errors.ts';
import type { PathInfo } from '../../../../src/nix/protocol/path-info.ts';
import { output } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo, type Machine } from '../../../support/dispatch/machine.ts';

const same = (info: PathInfo): PathInfo => info;
const sign = (info: PathInfo): PathInfo => ({ ...info, signatures: ['k:x'] });

/** A builder with a tree: top refers to the leaves, they to the root. */
function world(leaves: readonly string[]): { readonly builder: Machine; readonly cache: Machine } {
  const [builder, cache] = [createMachine('builder'), createMachine('cache')];
  builder.add(pathInfo(output('root')));
  builder.add(...leaves.map((name) => pathInfo(output(name), [output('root'), output(name)])));
  builder.add(
    pathInfo(
      output('top'),
      leaves.map((name) => output(name)),
    ),
  );
  return { builder, cache };
}

const added = (cache: Machine): string[] =>
  cache.asked.flatMap((what) => /^add \S+-(\w+)$/.exec(what)?.[1] ?? []);

it('adds each path after what it refers to, with what is told of it there, and nothing twice', async () => {
  const { builder, cache } = world(['a', 'b', 'c']);
  await uploadClosure(builder.store, cache.store, [output('top')], sign);
  const order = added(cache);
  expect(order[0]).toBe('root');
  expect(order.at(-1)).toBe('top');
  expect(order).toHaveLength(5);
  expect(cache.paths.get(output('a'))).toMatchObject({ signatures: ['k:x'], ultimate: false });
  await uploadClosure(builder.store, cache.store, [output('top'), output('a')], sign);
  expect(added(cache)).toHaveLength(5);
});

it('sends four at a time', async () => {
  const { builder, cache } = world(Array.from({ length: 12 }, (_, index) => `leaf${index}`));
  let most = 0;
  let now = 0;
  const { use } = cache.store;
  const counted = Object.assign({}, cache.store, {
    use: async <T>(work: Parameters<typeof use<T>>[0]): Promise<T> => {
      most = Math.max(most, (now += 1));
      try {
        return await use(work);
      } finally {
        now -= 1;
      }
    },
  });
  await uploadClosure(builder.store, counted, [output('top')], same);
  expect(most).toBe(4);
  expect(added(cache)).toHaveLength(14);
});

/** The cache, where every upload of which this is true is refused. */
function refusing(cache: Machine, refuses: (info: PathInfo) => boolean): Machine['store'] {
  const { use } = cache.store;
  return Object.assign({}, cache.store, {
    use: <T>(work: Parameters<typeof use<T>>[0]): Promise<T> =>
      use((client) =>
        work(
          Object.assign(Object.create(client), {
            addToStoreNar: (...[info, nar]: Parameters<typeof client.addToStoreNar>) =>
              refuses(info)
                ? Promise.reject(new DispatchError('daemon', 'it is too large', { host: 'cache' }))
                : client.addToStoreNar(info, nar),
          }),
        ),
      ),
  });
}

it('brings what does not depend on a failure, and says what failed first', async () => {
  const { builder, cache } = world(['a', 'b', 'c']);
  const picky = refusing(cache, ({ path }) => path === output('b'));
  await expect(uploadClosure(builder.store, picky, [output('top')], same)).rejects.toMatchObject({
    code: 'daemon',
    host: 'cache',
    message: `${output('b')}: it is too large`,
  });
  expect([...cache.paths.keys()].sort()).toEqual([output('root'), output('a'), output('c')].sort());
});

it('leaves a cache alone that takes nothing', async () => {
  const { builder, cache } = world(Array.from({ length: 40 }, (_, index) => `leaf${index}`));
  let refused = 0;
  const full = refusing(cache, ({ path }) => path !== output('root') && (refused += 1) > 0);
  await expect(uploadClosure(builder.store, full, [output('top')], same)).rejects.toThrow('it is too large');
  // Three, and those that were on their way by then.
  expect(refused).toBeLessThanOrEqual(3 + 3);
});
