import { describe, expect, it } from 'vitest';
import { fault, good, warning, type Examination } from '../../../src/doctor/finding.ts';
import { renderLog } from '../../../src/doctor/render/log.ts';
import { renderSummary } from '../../../src/doctor/render/summary.ts';
import { headline } from '../../../src/doctor/render/words.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { RenderedMarkdown } from '../../support/report/rendered-markdown.ts';

const healthy: Examination = { builder: 'b1', uri: 'ssh-ng://b1', findings: [good('connect', 'b1 port 22')] };
const broken: Examination = {
  builder: 'b2',
  uri: 'ssh-ng://b2',
  findings: [
    good('connect', 'b2 port 22'),
    fault('login', 'no', [{ where: 'NixOS', text: 'Add:', code: 'a = [ "<b>" ];' }]),
  ],
};
const slow: Examination = { builder: 'b3', uri: 'b3', findings: [warning('trust', 'not trusted', [])] };

it('counts builders', () => {
  expect(headline([healthy])).toBe('The builder is good');
  expect(headline([healthy, healthy])).toBe('All 2 builders are good');
  expect(headline([healthy, broken, slow])).toBe(
    "Of 3 builders, 1 can't be used as the machine line says, 1 could be better, 1 good",
  );
});

it('lists findings and remedies in the log', () => {
  expect(renderLog([broken])).toEqual([
    "Of 1 builder, 1 can't be used as the machine line says.",
    '',
    'b2 (ssh-ng://b2)',
    '  good    connect  b2 port 22',
    '  FAULT   login    no',
    '                   On NixOS: Add:',
    '                     a = [ "<b>" ];',
  ]);
});

it('leaves out colours, which Nix has in its errors', () => {
  const finding = fault(
    'build',
    "Cannot build '\u001b[35;1mx.drv\u001b[0m'.\u001b[0m\nReason: \u001b[31;1mno\u001b[0m",
    [],
  );
  expect(renderLog([{ builder: 'b', uri: 'b', findings: [finding] }]).slice(-2)).toEqual([
    "  FAULT   build    Cannot build 'x.drv'.",
    '                   Reason: no',
  ]);
});

describe('renderSummary', () => {
  it('has a row for each builder and what to change', () => {
    const page = new RenderedMarkdown(renderSummary([healthy, broken, slow]));
    expect(page.rows().slice(0, 4)).toEqual([
      ['Builder', 'connect', 'login', 'trust'],
      ['b1', '✅', '', ''],
      ['b2', '✅', '❌', ''],
      ['b3', '', '', '⚠️'],
    ]);
    expect(page.texts('pre')).toEqual(['a = [ "<b>" ];']);
  });

  it('shows what machines say as text', () => {
    const plain = new RenderedMarkdown(renderSummary([broken])).elementNames();
    for (const text of HOSTILE_TEXTS) {
      const findings = [fault('login', text, [{ where: 'builder', text, code: text }])];
      const page = renderSummary([{ builder: text, uri: text, findings }]);
      const names = new RenderedMarkdown(page).elementNames();
      expect(names.filter((name) => !plain.includes(name))).toEqual([]);
      for (const line of renderLog([{ builder: text, uri: text, findings }])) {
        expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
      }
    }
  });

  it('stays below what GitHub takes', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({ ...broken, builder: `b${index}` }));
    expect(Buffer.byteLength(renderSummary(many))).toBeLessThan(2 ** 20);
  });
});
