import { expect, it } from 'vitest';
import { createPushLane, type Parcel } from '../../../../src/delivery/push/push-lane.ts';
import { DispatchError } from '../../../../src/errors.ts';
import { output } from '../../../support/dispatch/derivations.ts';

const [a, b, c] = [output('a'), output('b'), output('c')];

/** A lane whose pushes end when they are told to. */
function heldLane() {
  const parcels: Parcel[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const lane = createPushLane((parcel) => {
    parcels.push(parcel);
    return new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { lane, parcels, ends, settle };
}

it('gathers what comes meanwhile, and pushes each path once', async () => {
  const { lane, parcels, ends, settle } = heldLane();
  lane.offer({ holder: 'x', paths: [a] });
  lane.offer({ holder: 'x', paths: [a, b] });
  await settle();
  expect(parcels).toEqual([{ holder: 'x', paths: [a, b] }]);
  lane.offer({ holder: 'y', paths: [c] });
  lane.offer({ holder: 'y', paths: [b, c] });
  await settle();
  expect(parcels).toHaveLength(1);
  ends[0]?.();
  await settle();
  expect(parcels[1]).toEqual({ holder: 'y', paths: [c] });
  ends[1]?.();
  expect(await lane.finished()).toEqual({ pushed: 3, failed: 0, error: undefined });
});

it('goes on after it had nothing to do', async () => {
  const { lane, parcels, ends, settle } = heldLane();
  lane.offer({ holder: 'x', paths: [a] });
  await settle();
  ends[0]?.();
  await lane.finished();
  lane.offer({ holder: 'x', paths: [b] });
  await settle();
  expect(parcels).toHaveLength(2);
});

it('gives no program more paths than it takes', async () => {
  const { lane, parcels, ends, settle } = heldLane();
  lane.offer({ holder: 'x', paths: Array.from({ length: 501 }, (_, index) => output(`p${index}`)) });
  await settle();
  ends[0]?.();
  await settle();
  expect(parcels.map(({ paths }) => paths.length)).toEqual([500, 1]);
});

it('gives a target up that fails three times in a row', async () => {
  let pushes = 0;
  const lane = createPushLane(async () => {
    pushes += 1;
    throw new DispatchError('local', `failure ${pushes}`);
  });
  for (const holder of ['v', 'w', 'x', 'y', 'z']) lane.offer({ holder, paths: [output(holder)] });
  expect(await lane.finished()).toMatchObject({ pushed: 0, failed: 5, error: { message: 'failure 3' } });
  expect(pushes).toBe(3);
});
