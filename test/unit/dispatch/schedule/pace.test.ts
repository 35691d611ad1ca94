import { describe, expect, it } from 'vitest';
import { createLinkEstimate } from '../../../../src/dispatch/schedule/link-estimate.ts';
import { createPace } from '../../../../src/dispatch/schedule/pace.ts';

describe('pace', () => {
  it.each([
    ['long builds', 0.1, 100, 0.25],
    ['builds as long as the way there', 0.1, 0.1, 1.5],
    ['a way much longer than the builds', 60, 0.1, 3],
    ['no time at all', 0, 0, 1.5],
  ])('stages ahead for %s', (_, stageSeconds, buildSeconds, expected) => {
    const pace = createPace();
    pace.observeStage(stageSeconds);
    pace.observeBuild(buildSeconds);
    expect(pace.aheadPerSlot()).toBeCloseTo(expected, 6);
  });

  it('assumes that both take equally long until it has seen both', () => {
    const pace = createPace();
    expect(pace.aheadPerSlot()).toBe(1);
    pace.observeStage(9);
    expect(pace.aheadPerSlot()).toBe(1);
  });

  it('follows a change', () => {
    const pace = createPace();
    pace.observeStage(0.1);
    for (let build = 0; build < 30; build++) pace.observeBuild(100);
    for (let build = 0; build < 30; build++) pace.observeBuild(0.1);
    expect(pace.aheadPerSlot()).toBeGreaterThan(1.4);
  });
});

describe('a link', () => {
  it('is believed to be what was assumed, and then what was seen', () => {
    const link = createLinkEstimate(0.05, 100e6);
    expect(link.secondsFor(100e6)).toBeCloseTo(1.05, 6);
    for (let stage = 0; stage < 40; stage++) {
      link.observe(1000, 0.5);
      link.observe(10e6, 10.5);
    }
    expect(link.secondsFor(0)).toBeCloseTo(0.5, 2);
    expect(link.secondsFor(10e6)).toBeCloseTo(10.5, 1);
  });
});
