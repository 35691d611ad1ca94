import { describe, expect, it } from 'vitest';
import { resultLinks } from '../../../../src/delivery/runner-store/result-links.ts';

describe('resultLinks', () => {
  const job = (topAttr: string, system: string, attr: string, outputs: Readonly<Record<string, string>>) => ({
    attr,
    path: [topAttr, system, attr],
    outputs,
  });
  const names = (...jobs: Parameters<typeof resultLinks>[0][number][]) =>
    resultLinks(jobs).map(({ name }) => name);

  it('is one name for one job, with its other outputs behind', () => {
    const only = job('checks', 'x86_64-linux', 'a', { out: '/nix/store/a', dev: '/nix/store/a-dev' });
    expect(resultLinks([only])).toEqual([
      { name: 'result', target: '/nix/store/a' },
      { name: 'result-dev', target: '/nix/store/a-dev' },
    ]);
  });
  it('tells jobs apart by as much as it takes', () => {
    const out = { out: '/nix/store/x' };
    expect(
      names(
        job('checks', 'x86_64-linux', 'a', out),
        job('packages', 'x86_64-linux', 'a', out),
        job('checks', 'x86_64-linux', 'b', out),
      ),
    ).toEqual(['result-checks.x86_64-linux.a', 'result-packages.x86_64-linux.a', 'result-b']);
  });
  it('never leaves its folder', () => {
    const out = { out: '/nix/store/x' };
    for (const name of names(job('checks', 's', '../../etc', out), job('checks', 's', 'b', out))) {
      expect(name).not.toContain('/');
    }
  });
});
