import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSeats } from '../../../../src/builders/ssh/seats.ts';

const TOO_MANY = new Error('too many');

/** A connection that opens so many sessions at once. */
function connectionFor(maxSessions: number) {
  let open = 0;
  return {
    async ask(): Promise<EventEmitter> {
      await Promise.resolve();
      if (open >= maxSessions) throw TOO_MANY;
      open += 1;
      return new EventEmitter().once('close', () => {
        open -= 1;
      });
    },
  };
}

function seatsOf(...allowed: readonly number[]) {
  const seats = createSeats<ReturnType<typeof connectionFor>>((error) => error === TOO_MANY);
  const connections = allowed.map(connectionFor);
  for (const connection of connections) seats.add(connection);
  return { seats, connections };
}

describe('the seats of a host', () => {
  it('take whatever is asked until one is refused, and then no more than there were', async () => {
    const { seats, connections } = seatsOf(3, 3);
    const [first, second] = connections;
    if (first === undefined || second === undefined) throw new Error('expected two connections');
    const open = (connection: typeof first) => seats.open(connection, () => connection.ask());

    expect(seats.limit).toBe(Number.POSITIVE_INFINITY);
    const sessions = await Promise.all(Array.from({ length: 5 }, () => open(first)));
    expect(sessions.filter((session) => session === undefined)).toHaveLength(2);
    expect([seats.limit, seats.free()]).toEqual([3, second]);

    sessions[0]?.emit('close');
    expect(seats.free()).toBe(first);
    const last = open(first);
    expect(seats.free()).toBe(second);
    await last;
  });

  it('are taken from the moment that they are asked for', async () => {
    const { seats, connections } = seatsOf(1);
    const [only] = connections;
    if (only === undefined) throw new Error('expected a connection');
    const ask = () => only.ask();
    const [session] = await Promise.all([seats.open(only, ask), seats.open(only, ask)]);
    session?.emit('close');
    expect(seats.free()).toBe(only);
    const asked = seats.open(only, ask);
    expect(seats.free()).toBeUndefined();
    await asked;
  });

  it('are counted after a refusal once every other answer is there', async () => {
    const { seats, connections } = seatsOf(1);
    const [only] = connections;
    if (only === undefined) throw new Error('expected a connection');
    let answer = (_session: EventEmitter): void => {};
    const slow = seats.open(
      only,
      () =>
        new Promise<EventEmitter>((resolve) => {
          answer = resolve;
        }),
    );
    const refused = seats.open(only, () => Promise.reject(TOO_MANY));
    await new Promise(setImmediate);
    expect([seats.limit, seats.free()]).toEqual([Number.POSITIVE_INFINITY, undefined]);
    answer(new EventEmitter());
    expect([await refused, await slow]).toEqual([undefined, expect.any(EventEmitter)]);
    expect(seats.limit).toBe(1);
  });

  it('are none where the first is refused: that error is for the caller, and nothing has been learnt', async () => {
    const { seats, connections } = seatsOf(0);
    const [only] = connections;
    if (only === undefined) throw new Error('expected a connection');
    await expect(seats.open(only, () => only.ask())).rejects.toBe(TOO_MANY);
    expect([seats.limit, seats.free()]).toEqual([Number.POSITIVE_INFINITY, undefined]);
  });

  it('stay as they were after an error of another kind', async () => {
    const { seats, connections } = seatsOf(1);
    const [only] = connections;
    if (only === undefined) throw new Error('expected a connection');
    const lost = new Error('connection lost');
    await expect(seats.open(only, () => Promise.reject(lost))).rejects.toBe(lost);
    expect([seats.limit, seats.free()]).toEqual([Number.POSITIVE_INFINITY, only]);
  });

  it('go with their connection', () => {
    const { seats, connections } = seatsOf(1, 1);
    const [first, second] = connections;
    if (first === undefined) throw new Error('expected a connection');
    seats.remove(first);
    expect([seats.connections, seats.free()]).toEqual([[second], second]);
  });
});
