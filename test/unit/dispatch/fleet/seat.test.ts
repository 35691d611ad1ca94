import { expect, it } from 'vitest';
import { createSeat, forgive, seat as seatAt, type Seat } from '../../../../src/dispatch/fleet/seat.ts';
import { createSession } from '../../../support/dispatch/session.ts';

const line = { systems: [], supportedFeatures: [], mandatoryFeatures: [] };

/** It is lost and comes back; returns whether it has as much time as at first when it is lost the next time. */
function comesBack(seat: Seat): boolean {
  seat.giveUpAtMs ??= 1000;
  seatAt(seat, createSession(0));
  return seat.giveUpAtMs === undefined;
}

it('takes only so many returns of a builder that does nothing in between', () => {
  const seat = createSeat({ name: 'm', line, open: () => Promise.resolve(createSession(0)) }, 0);
  seatAt(seat, createSession(0));
  const returns = Array.from({ length: 12 }, () => comesBack(seat));
  expect(returns).toEqual([...Array<boolean>(10).fill(true), false, false]);
  forgive(seat);
  expect(comesBack(seat)).toBe(true);
});
