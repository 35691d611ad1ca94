import { expect, it } from 'vitest';
import { buildsByBuilder, systemsText } from '../../../src/report/builder-use.ts';
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

it('names systems without the levels of an instruction set, unless there is nothing else', () => {
  expect(systemsText(['x86_64-linux', 'i686-linux', 'x86_64-v1-linux', 'x86_64-v3-linux'])).toBe(
    'x86_64-linux, i686-linux',
  );
  expect(systemsText(['x86_64-v3-linux'])).toBe('x86_64-v3-linux');
});
