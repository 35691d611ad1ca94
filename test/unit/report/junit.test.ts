import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../../src/report/junit.ts';
import type { Outcome } from '../../../src/report/run-report.ts';
import { HOSTILE_TEXTS } from '../../support/report/hostile.ts';
import { LARGE, largeReport } from '../../support/report/large-report.ts';
import { sampleBuild, sampleDrvPath, sampleJob, sampleReport } from '../../support/report/sample-report.ts';

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
}

/** Every element in order; throws where the text is not well-formed XML. */
function elementsOf(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.write(xml).close();
  return elements;
}

describe('JUnit', () => {
  const outcomes: readonly Outcome[] = [
    { kind: 'built', builder: 'b1' },
    { kind: 'already-valid', where: 'b1' },
    { kind: 'failed', builder: 'b2', message: 'exit 1' },
    { kind: 'dependency-failed', root: sampleDrvPath('lib') },
    { kind: 'infrastructure', builder: 'b2', message: 'lost' },
    { kind: 'cancelled' },
    { kind: 'evaluation-failed', message: 'error: x', position: undefined },
  ];
  const report = sampleReport({
    jobs: outcomes.map((outcome, index) => sampleJob(`j${index}`, { outcome })),
    builds: [
      sampleBuild('j0'),
      sampleBuild('j2', {
        outcome: { kind: 'failed', builder: 'b2', message: 'exit 1' },
        logTail: ['a', 'boom'],
      }),
    ],
  });
  const elements = elementsOf(renderJunit(report));

  test('counts what is not there as failure or error, never as skipped', () => {
    expect(elements[1]).toMatchObject({
      name: 'testsuite',
      attributes: {
        name: 'checks.x86_64-linux',
        tests: '7',
        failures: '2',
        errors: '3',
        skipped: '0',
        time: '20.000',
      },
    });
    expect(
      elements.filter(({ name }) => name === 'failure').map(({ attributes }) => attributes['type']),
    ).toEqual(['failed', 'dependency-failed']);
    expect(
      elements.filter(({ name }) => name === 'error').map(({ attributes }) => attributes['type']),
    ).toEqual(['infrastructure', 'cancelled', 'evaluation-failed']);
  });

  test('has a case per job, with the end of the log of those that failed', () => {
    const cases = elements.filter(({ name }) => name === 'testcase');
    expect(cases.map(({ attributes }) => [attributes['name'], attributes['time']]).slice(0, 3)).toEqual([
      ['j0', '10.000'],
      ['j1', '0.000'],
      ['j2', '10.000'],
    ]);
    expect(elements.filter(({ name }) => name === 'system-out').map(({ text }) => text)).toEqual(['a\nboom']);
    expect(elements.find(({ name }) => name === 'failure')).toMatchObject({
      attributes: { message: 'checks.x86_64-linux.j2 failed on b2' },
      text: 'exit 1',
    });
  });

  test('is well-formed whatever names and logs say', () => {
    const texts = [...HOSTILE_TEXTS, ']]>', '\ufffe\uffff', '&#0;'];
    const hostile = elementsOf(
      renderJunit(largeReport({ ...LARGE, jobs: 400, failedEvery: 2, evaluationFailedEvery: 9, texts })),
    );
    expect(hostile.filter(({ name }) => name === 'testcase')).toHaveLength(400);
    expect(new Set(hostile.map(({ name }) => name))).toEqual(
      new Set(['testsuites', 'testsuite', 'testcase', 'failure', 'error', 'system-out']),
    );
  });
});
