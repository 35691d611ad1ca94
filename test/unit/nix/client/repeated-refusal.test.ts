import { describe, expect, it } from 'vitest';
import { createRefusalWatch } from '../../../../src/nix/client/repeated-refusal.ts';

const refusedFor = (request: string, message = 'no') => ({
  request,
  error: { level: 0, message, traces: [] },
});
const silently = { isFirst: true, isLast: true };

describe('a refusal', () => {
  it.each([
    { name: 'repeats the one before it and nothing follows', second: refusedFor('b'), isInDoubt: true },
    { name: 'says something else', second: refusedFor('b', 'never'), isInDoubt: false },
    { name: 'repeats it, but more has come', second: refusedFor('b'), isLast: false, isInDoubt: false },
    { name: 'repeats it after other words', second: refusedFor('b'), isFirst: false, isInDoubt: false },
  ])('that $name: in doubt is $isInDoubt', ({ second, isInDoubt, ...place }) => {
    const watch = createRefusalWatch<string>();
    expect(watch.hold(refusedFor('a'), silently)).toBe(false);
    expect(watch.hold(second, { ...silently, ...place })).toBe(isInDoubt);
    expect(watch.held).toEqual(isInDoubt ? second : undefined);
  });

  it('repeats nothing after an answer', () => {
    const watch = createRefusalWatch<string>();
    watch.hold(refusedFor('a'), silently);
    watch.answered();
    expect(watch.hold(refusedFor('b'), silently)).toBe(false);
  });

  it('is handed out once, and may be repeated again', () => {
    const watch = createRefusalWatch<string>();
    watch.hold(refusedFor('a'), silently);
    watch.hold(refusedFor('b'), silently);
    expect(watch.release()).toEqual(refusedFor('b'));
    expect(watch.release()).toBeUndefined();
    expect(watch.hold(refusedFor('c'), silently)).toBe(true);
  });
});
