import { expect, test } from 'vitest';
import { evaluationWarnings } from '../../../src/report/evaluation-warnings.ts';
import { sampleJob, sampleReport } from '../../support/report/sample-report.ts';

const titled = (title: string, message: string) => ({ level: 'warning', title, message });

test('a warning is told once, with who gave it', () => {
  const jobs = [
    sampleJob('a', { warnings: ['old', 'odd', 'old'] }),
    sampleJob('b', { warnings: ['old'] }),
    sampleJob('c', { warnings: ['old'] }),
  ];
  expect(evaluationWarnings(sampleReport({ jobs }))).toEqual([
    titled('checks.x86_64-linux.a and 2 more', 'old'),
    titled('checks.x86_64-linux.a', 'odd'),
  ]);
});

test('a flake that warns of everything fills no report', () => {
  const warnings = Array.from({ length: 1000 }, (_, index) => `warning ${index}`);
  const told = evaluationWarnings(sampleReport({ jobs: [sampleJob('a', { warnings })] }));
  expect(told).toHaveLength(201);
  expect(told.at(-1)).toEqual(titled('800 more warnings', 'results.json has all of them.'));
});
