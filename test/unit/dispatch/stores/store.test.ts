import { expect, it } from 'vitest';
import type { DaemonClient } from '../../../../src/nix/client/daemon-client.ts';
import { output } from '../../../support/dispatch/derivations.ts';
import { createMachine, pathInfo } from '../../../support/dispatch/machine.ts';
import { settle } from '../../../support/dispatch/session.ts';

const [a, b, c] = [output('a'), output('b'), output('c')];

function machineWith(...paths: readonly (typeof a)[]) {
  const machine = createMachine('m');
  machine.add(...paths.map((path) => pathInfo(path)));
  return machine;
}

it('roots paths before it asks whether they are valid, and asks about none twice', async () => {
  const { store, asked } = machineWith(a);
  expect([...(await store.hold([a, b]))]).toEqual([a]);
  expect(asked).toEqual([`root ${a} ${b}`, `valid ${a} ${b}`]);
  expect([...(await store.hold([a]))]).toEqual([a]);
  expect(asked).toHaveLength(2);
  await store.hold([a, b]);
  expect(asked.slice(2)).toEqual([`root ${b}`, `valid ${b}`]);
  expect([...store.held]).toEqual([a]);
});

it('keeps one connection for questions and gives others back after use', async () => {
  const { store, open } = machineWith(a);
  const clients: DaemonClient[] = [];
  const use = async (client: DaemonClient): Promise<void> => void clients.push(client);
  await Promise.all([store.ask(use), store.ask(use)]);
  await store.use(use);
  await store.use(use);
  await expect(store.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(clients[0]).toBe(clients[1]);
  expect(clients[2]).toBe(clients[3]);
  expect(clients[0]).not.toBe(clients[2]);
  expect(open.size).toBe(2);
});

it('knows of nothing held once the connection that held it is gone, and asks again over another', async () => {
  const { store, asked, drop } = machineWith(a);
  await store.hold([a]);
  drop();
  await settle();
  expect(store.held.size).toBe(0);
  expect([...(await store.hold([a]))]).toEqual([a]);
  expect(asked.filter((what) => what.startsWith('valid'))).toHaveLength(2);
});

it('tells callers of a lost connection, and opens another for the next', async () => {
  const machine = machineWith(a);
  machine.patience = () => Promise.reject(new Error('not now'));
  await expect(machine.store.hold([a])).rejects.toThrow('not now');
  machine.patience = () => Promise.resolve();
  await settle();
  await expect(machine.store.hold([a])).resolves.toEqual(new Set([a]));
});

it('believes at once what was just made, until it turns out that it can’t be rooted', async () => {
  const machine = machineWith();
  machine.store.keep([a, b]);
  expect([...machine.store.held]).toEqual([a, b]);
  await settle();
  expect(machine.asked).toEqual([`root ${a} ${b}`]);
  machine.drop();
  machine.patience = () => Promise.reject(new Error('gone'));
  await settle();
  machine.store.keep([c]);
  await settle();
  expect(machine.store.held.size).toBe(0);
});

it('asks for the info of a path once, also when many ask at the same time', async () => {
  const { store, asked } = machineWith(a, b);
  const [one, two] = await Promise.all([store.infos([a, b]), store.infos([b, a])]);
  expect(one.map(({ path }) => path)).toEqual([a, b]);
  expect(two.map(({ path }) => path)).toEqual([b, a]);
  expect(asked).toEqual([`infos ${a} ${b}`]);
});

it('names a path that is not valid, and asks again later', async () => {
  const machine = machineWith(a);
  await expect(machine.store.infos([a, c])).rejects.toThrow(`${c} is not in the store of m`);
  await settle();
  machine.add(pathInfo(c));
  expect(await machine.store.infos([a, c])).toHaveLength(2);
  expect(machine.asked.at(-1)).toBe(`infos ${c}`);
});

it('takes no answer for what it has not asked', async () => {
  const machine = machineWith(a, b);
  // Whatever it is asked for, it says that it has the other path too.
  const lying: DaemonClient['queryValidPaths'] = () => Promise.resolve([a, b]);
  await machine.store.ask((client) => Promise.resolve(Object.assign(client, { queryValidPaths: lying })));
  expect([...(await machine.store.hold([a]))]).toEqual([a]);
  expect([...machine.store.held]).toEqual([a]);
});
