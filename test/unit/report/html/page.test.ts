import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { describeRun } from '../../../../src/report/html/describe-run.ts';
import { renderHtmlReport } from '../../../../src/report/html/html-report.ts';
import { columnsOf, sortedPlaces } from '../../../../src/report/html/page/columns.ts';
import { dependantsOf, shownRows, stateCounts } from '../../../../src/report/html/page/rows.ts';
import { axisStep, barAt, lanesOf } from '../../../../src/report/html/page/timeline-lanes.ts';
import { slotsOf } from '../../../../src/report/html/slots.ts';
import type { AttemptReport } from '../../../../src/report/run-report.ts';
import { HOSTILE_TEXTS } from '../../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../../support/report/large-report.ts';
import {
  SAMPLE_START_MS,
  sampleBuild,
  sampleDrvPath,
  sampleJob,
  sampleReport,
} from '../../../support/report/sample-report.ts';

function attempt(from: number, to: number, changes: Partial<AttemptReport> = {}): AttemptReport {
  const startedAtMs = SAMPLE_START_MS + from * 1000;
  return {
    builder: 'b1',
    startedAtMs,
    finishedAtMs: SAMPLE_START_MS + to * 1000,
    result: 'built',
    message: '',
    ...changes,
  };
}

const lib = sampleDrvPath('lib');
const report = sampleReport({
  jobs: [
    sampleJob('a'),
    sampleJob('b', { outcome: { kind: 'dependency-failed', root: lib } }),
    sampleJob('bad', {
      drvPath: undefined,
      outcome: { kind: 'evaluation-failed', message: 'x', position: undefined },
    }),
  ],
  builds: [
    sampleBuild('a', {
      attempts: [attempt(0, 5, { result: 'infrastructure' }), attempt(6, 9)],
      startedAtMs: SAMPLE_START_MS + 6000,
      finishedAtMs: SAMPLE_START_MS + 9000,
    }),
    sampleBuild('lib', {
      outcome: { kind: 'failed', builder: 'b1', message: 'no' },
      attempts: [attempt(0, 4)],
    }),
    sampleBuild('b', {
      outcome: { kind: 'dependency-failed', root: lib },
      startedAtMs: undefined,
      finishedAtMs: undefined,
      attempts: [],
      dependencies: [lib, sampleDrvPath('not-in-this-run')],
    }),
  ],
});
const data = describeRun(report);

describe('the data of the page', () => {
  test('has a row per build, and one per job without a build', () => {
    expect(data.rows.map((row) => [row.name, row.state])).toEqual([
      ['a-1.0', 'built'],
      ['lib-1.0', 'failed'],
      ['b-1.0', 'blocked'],
      ['bad-1.0', 'failed'],
    ]);
  });

  test('refers to other rows by their place', () => {
    expect(data.rows[2]).toMatchObject({ dependencies: [1], root: 1, start: null });
    expect(dependantsOf(data.rows)).toEqual([[], [2], [], []]);
  });

  test('a failed dependency is repeated by a job that it blocks', () => {
    expect(data.rows[1]?.reproduce).toBe(`nix build '.#checks.x86_64-linux.b' -L`);
  });

  test('keeps lost attempts apart from the last', () => {
    expect(data.rows[0]?.attempts.map(({ start, end, isFinal }) => [start, end, isFinal])).toEqual([
      [0, 5, false],
      [6, 9, true],
    ]);
  });

  test('keeps the whole tail of failed builds when there are too many lines', () => {
    const large = describeRun(largeReport({ ...LARGE, logLines: 50 }));
    const lengths = (state: string) =>
      new Set(
        large.rows.filter((row) => row.state === state && row.log.length > 1).map((row) => row.log.length),
      );
    expect([...lengths('failed')]).toEqual([50]);
    expect([...lengths('built')]).toEqual([12]);
    expect(large.droppedLogLines).toBeGreaterThan(0);
  });
});

describe('slots', () => {
  test('no two bars of a builder lie on one another', () => {
    const builds = [
      sampleBuild('a', { attempts: [attempt(0, 10)], slot: 0 }),
      sampleBuild('b', { attempts: [attempt(5, 15)], slot: 0 }),
      sampleBuild('c', { attempts: [attempt(5, 15, { builder: 'b2' })], slot: 3 }),
      sampleBuild('d', { attempts: [attempt(10, 20)], slot: undefined }),
    ];
    expect([...slotsOf(builds).values()]).toEqual([0, 1, 0, 3]);
  });

  test('are lanes, at least as many as a builder offers', () => {
    const lanes = lanesOf(data);
    expect(lanes.map(({ builder, slot, bars }) => [builder, slot, bars.map(({ place }) => place)])).toEqual([
      ['b1', 0, [0, 0]],
      ['b1', 1, [1]],
    ]);
    const [lane] = lanes;
    if (lane === undefined) throw new Error('expected a lane');
    expect(barAt(lane, 7, 0)?.attempt.start).toBe(6);
    expect(barAt(lane, 5.5, 0.1)).toBeUndefined();
    expect(barAt(lane, 5.9, 0.2)?.attempt.start).toBe(6);
  });

  test('the axis has room for its labels', () => {
    expect([axisStep(0.01, 70), axisStep(1, 70), axisStep(100, 70), axisStep(10_000, 70)]).toEqual([
      1, 120, 7200, 86_400,
    ]);
  });
});

describe('the table', () => {
  const all = data.rows.map((_, place) => place);
  const sorted = (key: string, isDescending: boolean) => {
    const column = columnsOf(data).find((one) => one.key === key);
    if (column === undefined) throw new Error(`expected a column ${key}`);
    return sortedPlaces(data.rows, all, { column, isDescending });
  };

  test('sorts what is unknown last, either way', () => {
    expect(sorted('time', false)).toEqual([0, 1, 2, 3]);
    expect(sorted('time', true)).toEqual([1, 0, 2, 3]);
    expect(sorted('state', false)).toEqual([1, 3, 2, 0]);
    expect(sorted('name', true)[0]).toBe(1);
  });

  test('has a column of costs where there are prices', () => {
    expect(columnsOf(data).map(({ key }) => key)).not.toContain('cost');
    const prices = {
      currency: 'EUR',
      rules: [{ pattern: '*', perHour: 10n ** 9n, unit: 'cpu-hour' as const }],
    };
    expect(columnsOf(describeRun({ ...report, prices })).at(-1)?.key).toBe('cost');
  });

  test('is filtered by every word and by states', () => {
    const choice = { selected: undefined, words: [], states: [] };
    expect(shownRows(data, choice)).toEqual(all);
    expect(shownRows(data, { ...choice, words: ['b1', 'lib'] })).toEqual([1]);
    expect(shownRows(data, { ...choice, states: ['blocked', 'built'] })).toEqual([0, 2]);
    expect(stateCounts(data.rows)).toEqual([
      ['failed', 2],
      ['blocked', 1],
      ['built', 1],
    ]);
  });
});

describe('the file', () => {
  const assets = { script: 'start()', style: 'body{}' };

  test('lets only its own script and style in, by their hashes', () => {
    const html = renderHtmlReport(report, assets);
    const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(html).toContain(
      `content="default-src 'none'; script-src 'sha256-${hashOf(assets.script)}'; style-src 'sha256-${hashOf(assets.style)}'; `,
    );
  });

  test('holds no tag that a text brought along', () => {
    const texts = [...HOSTILE_TEXTS, '</script><script>x</script>', '<!--<script>'];
    const html = renderHtmlReport(largeReport({ ...LARGE, jobs: 200, failedEvery: 2, texts }), assets);
    const json = /<script type="application\/json" id="run">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toMatchObject({ rows: expect.any(Array) });
    expect(html.match(/<script/g)).toHaveLength(2);
  });
});
