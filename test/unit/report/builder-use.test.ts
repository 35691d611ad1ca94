import { expect, it } from 'vitest';
import { buildsByBuilder } from '../../../src/report/builder-use.ts';
import { sampleBuild } from '../../support/report/sample-report.ts';

it('tells no CPU time from one that nothing measured', () => {
  const attempt = { startedAtMs: 1, finishedAtMs: 2, result: 'built', message: '' } as const;
  const used = buildsByBuilder([
    sampleBuild('short', { attempts: [{ ...attempt, builder: 'b1' }], cpu: { seconds: 0, source: 'proc' } }),
    sampleBuild('unknown', { attempts: [{ ...attempt, builder: 'b2' }], cpu: undefined }),
  ]);
  expect(used.get('b1')).toEqual({ builds: 1, cpuSeconds: 0 });
  expect(used.get('b2')).toEqual({ builds: 1, cpuSeconds: undefined });
});
