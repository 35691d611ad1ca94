import { describe, expect, test } from 'vitest';
import { criticalPath, timedBuilds } from '../../../src/report/critical-path.ts';
import type { BuildReport } from '../../../src/report/run-report.ts';
import { ganttSection } from '../../../src/report/summary/gantt.ts';
import { viewOf } from '../../../src/report/view.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import {
  SAMPLE_START_MS,
  sampleBuild,
  sampleDrvPath,
  sampleReport,
} from '../../support/report/sample-report.ts';

function build(name: string, from: number, to: number, dependencies: readonly string[] = []): BuildReport {
  return sampleBuild(name, {
    startedAtMs: SAMPLE_START_MS + from * 1000,
    finishedAtMs: SAMPLE_START_MS + to * 1000,
    dependencies: dependencies.map(sampleDrvPath),
  });
}

function pathOf(builds: readonly BuildReport[]): string[] {
  return criticalPath(timedBuilds(builds)).map(({ build }) => build.name);
}

describe('the critical path', () => {
  test('goes down from what ended last by what it waited for', () => {
    const builds = [
      build('base', 0, 10),
      build('slow', 10, 40, ['base']),
      build('quick', 10, 12, ['base']),
      build('top', 41, 60, ['slow', 'quick']),
      build('other', 0, 50),
    ];
    expect(pathOf(builds)).toEqual(['base-1.0', 'slow-1.0', 'top-1.0']);
  });

  test('leaves out what ended only after it was needed: nobody waited for that', () => {
    const builds = [
      build('base', 0, 10),
      build('late', 0, 30, ['base']),
      build('top', 20, 60, ['base', 'late']),
    ];
    expect(pathOf(builds)).toEqual(['base-1.0', 'top-1.0']);
  });

  test('leaves out what never ran, and nothing at all is a path of nothing', () => {
    const never = sampleBuild('never', { startedAtMs: undefined, finishedAtMs: undefined });
    expect(pathOf([never, build('top', 0, 5, ['never'])])).toEqual(['top-1.0']);
    expect(pathOf([])).toEqual([]);
  });

  test('ends, even on a graph that goes round', () => {
    expect(pathOf([build('a', 5, 5, ['b']), build('b', 5, 5, ['a'])])).toHaveLength(2);
  });
});

describe('the gantt chart', () => {
  const gantt = (report = sampleReport()) => ganttSection(viewOf(report), 100_000).text;

  test('shows the critical path and builders, failed builds as such', () => {
    const failed = { kind: 'failed', builder: 'b1', message: '' } as const;
    const builds = [build('base', 0, 10), { ...build('top', 10, 40, ['base']), outcome: failed }];
    expect(gantt(sampleReport({ builds }))).toBe(
      [
        '<details><summary>Timeline: critical path of 2 builds, 0:40 of 2:00</summary>',
        '',
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %H:%M:%S',
        '  todayMarker off',
        '  section Critical path',
        `  ✓ base-1.0 :active, ${SAMPLE_START_MS}, ${SAMPLE_START_MS + 10_000}`,
        `  ✗ top-1.0 :crit, ${SAMPLE_START_MS + 10_000}, ${SAMPLE_START_MS + 40_000}`,
        '  section b1',
        `  ✓ base-1.0 :${SAMPLE_START_MS}, ${SAMPLE_START_MS + 10_000}`,
        `  ✗ top-1.0 :crit, ${SAMPLE_START_MS + 10_000}, ${SAMPLE_START_MS + 40_000}`,
        '```',
        '',
        '</details>',
      ].join('\n'),
    );
  });

  test('is not drawn for a single build, or without room for it', () => {
    expect(gantt(sampleReport({ builds: [build('a', 0, 1)] }))).toBe('');
    const builds = [build('a', 0, 1), build('b', 0, 1)];
    expect(ganttSection(viewOf(sampleReport({ builds })), 100).dropped).toEqual(['the timeline']);
  });

  test('of 5,000 hostile builds stays a diagram: every line is a task or a section', () => {
    const text = gantt(largeReport({ ...LARGE, texts: HOSTILE_TEXTS }));
    expect(text.length).toBeLessThan(50_000);
    const lines = text.split('```')[1]?.split('\n').slice(5, -1) ?? [];
    expect(lines.length).toBeGreaterThan(40);
    for (const line of lines)
      expect(line).toMatch(/^ {2}(?:section [^:;#]+|[✓✗] [^:;#]+ :(?:active, |crit, )?\d+, \d+)$/);
  });
});
