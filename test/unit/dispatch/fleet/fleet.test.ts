import { afterEach, expect, it, vi } from 'vitest';
import { FellSilent } from '../../../../src/builders/fell-silent.ts';
import { createFleet, type Fleet } from '../../../../src/dispatch/fleet/fleet.ts';
import type { FleetMember } from '../../../../src/dispatch/fleet/seat.ts';
import { DispatchError, type ErrorCode } from '../../../../src/errors.ts';
import { createSession, noteTaker, settle, type FakeSession } from '../../../support/dispatch/session.ts';

const fleets: Fleet[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const fleet of fleets.splice(0)) fleet.close();
});

/** What a login does: gives a session, or fails with that code; the last is repeated. */
type Login = FakeSession | ErrorCode | Promise<FakeSession>;

function world(
  logins: readonly (readonly Login[])[],
  reconnectMs = 60_000,
  graceMs = 60_000,
  joining = Promise.resolve(true),
) {
  const { notes, observer } = noteTaker();
  const told: string[] = [];
  const opens: number[] = [];
  const members = logins.map((plan, index): FleetMember => {
    const left = [...plan];
    return {
      name: `m${index}`,
      line: { systems: [], supportedFeatures: [], mandatoryFeatures: [] },
      async open() {
        opens.push(index);
        const login = (left.length > 1 ? left.shift() : left[0]) ?? 'local';
        if (typeof login === 'string') throw new DispatchError(login, `m${index} says ${login}`);
        return login;
      },
    };
  });
  const fleet = createFleet(members, { observer, reconnectMs, graceMs, changed: () => {} });
  fleets.push(fleet);
  const dispatcher = {
    join({ name }: { readonly name: string }) {
      told.push(`join ${name}`);
      return joining;
    },
    lose(builder: number, mayReturn: boolean, silentMs = 0) {
      const silence = silentMs === 0 ? '' : ` after ${silentMs} ms`;
      told.push(`lose ${builder} ${mayReturn ? 'for now' : 'for good'}${silence}`);
      return { builds: silentMs === 0 ? 0 : 2, seconds: 1.25 };
    },
    overdue: (builder: number) => void told.push(`overdue ${builder}`),
    resize: (builder: number, slots: number) => void told.push(`resize ${builder} to ${slots}`),
    buildersComplete: () => void told.push('complete'),
  };
  return { fleet, told, notes, opens, connect: () => fleet.connect(dispatcher) };
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1500 && !condition(); turn++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

it('lets builders join as they come, and says when all have been tried', async () => {
  let arrive: (session: FakeSession) => void = () => {};
  const late = new Promise<FakeSession>((resolve) => (arrive = resolve));
  const { connect, told, fleet } = world([[late], [createSession(1)]]);
  const connecting = connect();
  await settle();
  expect(told).toEqual(['join builder-1']);
  arrive(createSession(0));
  await connecting;
  expect(told).toEqual(['join builder-1', 'join builder-0', 'complete']);
  expect(fleet.sessions.map(({ id }) => id)).toEqual([0, 1]);
});

it('begins without a builder that does not answer, a while after the first that does', async () => {
  const { connect, told, fleet } = world([[new Promise(() => {})], [createSession(1)]]);
  const startedAt = performance.now();
  await connect();
  expect((performance.now() - startedAt) / 1000).toBeGreaterThan(0.9);
  expect((performance.now() - startedAt) / 1000).toBeLessThan(2);
  expect(told).toEqual(['join builder-1', 'complete']);
  await fleet.tried(1);
});

it('expects what may still come, until it is given up', async () => {
  const { connect, fleet } = world([['unreachable', 'host-key'], [createSession(1)]]);
  const needs = { system: 'any-system', requiredFeatures: ['kvm'] };
  expect(fleet.mayYetBuild(needs)).toBe(true);
  await connect();
  expect(fleet.mayYetBuild(needs)).toBe(true);
  await until(() => !fleet.mayYetBuild(needs));
});

it('counts on a builder only once the dispatcher does', async () => {
  let join: (isIn: boolean) => void = () => {};
  const joining = new Promise<boolean>((resolve) => (join = resolve));
  const { connect, fleet } = world([[createSession(0)]], 60_000, 60_000, joining);
  const needs = { system: 'x86_64-linux', requiredFeatures: [] };
  const connected = connect();
  await settle();
  expect([fleet.sessions, fleet.offers, fleet.mayYetBuild(needs)]).toEqual([[], [], true]);
  join(true);
  await connected;
  expect([fleet.sessions.length, fleet.offers.length, fleet.mayYetBuild(needs)]).toEqual([1, 1, false]);
});

it('expects a builder that was lost before it had joined', async () => {
  const session = createSession(0);
  const { connect, fleet } = world([[session, 'unreachable']], 1500, 60_000, Promise.resolve(false));
  const needs = { system: 'x86_64-linux', requiredFeatures: [] };
  const connected = connect();
  session.cut();
  await connected;
  expect(fleet.mayYetBuild(needs)).toBe(true);
  await until(() => !fleet.mayYetBuild(needs));
});

it('goes on with those that can be used, and tries again those that may become so', async () => {
  const { connect, told, opens, notes } = world([
    ['host-key'],
    [createSession(1)],
    ['unreachable', createSession(2)],
  ]);
  await connect();
  expect(told).toEqual(['join builder-1', 'complete']);
  await until(() => told.includes('join builder-2'));
  expect(opens.filter((one) => one === 0)).toHaveLength(1);
  expect(notes.filter((note) => note.startsWith('trouble'))).toHaveLength(2);
});

it('says of each why it can’t be used when none can', async () => {
  const all = world([['unreachable'], ['authentication']]);
  await expect(all.connect()).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(
      /none of the 2 builders can be used:\n- m0 says unreachable\n- m1 says authentication/u,
    ),
  });
  expect(all.told).toEqual([]);
  await expect(world([['host-key']]).connect()).rejects.toMatchObject({ message: 'm0 says host-key' });
});

it('logs in again to a builder that is lost, also when its daemon is not there at first', async () => {
  const [first, second] = [createSession(0), createSession(0, 'back')];
  const { connect, told, fleet } = world([[first, 'unreachable', 'not-nix', second]]);
  await connect();
  first.store.bytesSent = 5;
  first.cut();
  await settle();
  expect(told.at(-1)).toBe('lose 0 for now');
  expect(fleet.sessions).toEqual([]);
  expect(fleet.offers).toHaveLength(1);
  await until(() => told.at(-1) === 'join back');
  second.store.bytesSent = 6;
  expect(fleet.reports()).toMatchObject([{ name: 'm0', bytesSent: 11, trouble: ['the cable was cut'] }]);
  expect(first.isClosed).toBe(true);
});

it('says what a builder that fell silent cost, up to when it was last heard of', async () => {
  const silent = createSession(0);
  const { connect, told, fleet } = world([[silent, 'unreachable']]);
  await connect();
  silent.cut(new FellSilent('host', 'm0', 30_000));
  await settle();
  expect(told.at(-1)).toBe('lose 0 for now after 30000 ms');
  expect(fleet.reports()[0]?.trouble).toEqual([
    'host sent nothing for 30 s. The host or the network to it is down. It cost 1.3 s of work in 2 builds that ran there.',
  ]);
});

it('says when a lost builder stays away too long for what only it has', async () => {
  const [soon, late] = [createSession(0), createSession(1)];
  let arrive: (session: FakeSession) => void = () => {};
  const coming = new Promise<FakeSession>((resolve) => (arrive = resolve));
  const { connect, told } = world(
    [
      [soon, createSession(0)],
      [late, coming],
    ],
    60_000,
    2000,
  );
  await connect();
  soon.cut();
  late.cut();
  await until(() => told.includes('overdue 1'));
  arrive(createSession(1));
  await until(() => told.filter((what) => what === 'join builder-1').length === 2);
  expect(told.filter((what) => what.startsWith('overdue'))).toEqual(['overdue 1']);
});

it('gives a lost builder up when time is over, or at once when it refuses us', async () => {
  const [one, two] = [createSession(0), createSession(1)];
  const { connect, told } = world(
    [
      [one, 'unreachable'],
      [two, 'host-key'],
    ],
    0,
  );
  await connect();
  one.cut();
  two.cut();
  await until(() => told.filter((what) => what.endsWith('for good')).length === 2);
  expect(told.filter((what) => what.endsWith('for now'))).toHaveLength(2);
});

it.each([
  ['goes on with a builder that keeps coming back', 6_000],
  ['takes a loss after a good session for a new trouble', 31_000],
])('%s', async (_, sessionMs) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const sessions = Array.from({ length: 3 }, () => createSession(0));
  const { connect, told } = world([sessions], 10_000);
  await connect();
  for (const [index, session] of sessions.entries()) {
    await until(() => told.filter((what) => what.startsWith('join')).length > index);
    vi.advanceTimersByTime(sessionMs);
    session.cut();
    await settle();
  }
  expect(told.findLast((what) => what.startsWith('lose'))).toBe('lose 0 for now');
});

it('closes what is open and what opens later, and tries nobody again', async () => {
  const [one, late] = [createSession(0), createSession(1)];
  let arrive: (session: FakeSession) => void = () => {};
  const coming = new Promise<FakeSession>((resolve) => (arrive = resolve));
  const { connect, told, fleet, opens } = world([[one], [coming], ['unreachable']]);
  const connecting = connect();
  await settle();
  fleet.close();
  arrive(late);
  await connecting;
  expect([one.isClosed, late.isClosed]).toEqual([true, true]);
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(told.filter((what) => what !== 'complete')).toEqual(['join builder-0']);
  expect(opens).toHaveLength(3);
});
