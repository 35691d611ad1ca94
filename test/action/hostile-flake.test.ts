import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { parseFragment } from 'parse5';
import { SaxesParser } from 'saxes';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { readLine, type CommandState } from '../../scripts/demo/workflow-commands.ts';
import { farmInputs } from '../support/action/farm-inputs.ts';
import { hostileFlake, hostileNames } from '../support/action/hostile-flake.ts';
import type { StepResult } from '../support/action/step-result.ts';
import { createWorkspaceWith, type Workspace } from '../support/action/workspace.ts';
import { startFarm, type Farm } from '../support/farm/farm.ts';
import { RenderedMarkdown } from '../support/report/rendered-markdown.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test, beforeAll, afterAll } = requires(farmRequirement);

/** What GitHub's runner obeys: it takes CR for the end of a line, and old commands anywhere in one. */
function obeyed(printed: string): readonly { readonly name: string; readonly data: string }[] {
  const state: CommandState = { stopToken: undefined };
  return printed.split(/\r\n|\r|\n/).flatMap((line) => {
    const isStopped = state.stopToken !== undefined;
    const read = readLine(state, line);
    if (read.kind === 'command') return [{ name: read.name, data: read.message }];
    const old = isStopped ? null : /##\[([\w-]+).*?\](.*)$/.exec(line);
    return old === null ? [] : [{ name: `##${old[1]}`, data: old[2] ?? '' }];
  });
}

describe.each(['2.34.8', '2.8.0'] as const)('built by Nix %s', (nix) => {
  let farm: Farm;
  let workspace: Workspace;
  let step: StepResult;

  beforeAll(async () => {
    // One builder alone: what fails there is not tried on another.
    farm = await startFarm([{ name: 'b1', nix, maxJobs: 8 }]);
    workspace = await createWorkspaceWith({ 'flake.nix': hostileFlake(randomUUID()) });
    step = await workspace.run(
      { ...farmInputs(farm), label_builds: '.attr + " " + .description', filter_builds: 'true' },
      { timeoutMs: 110_000 },
    );
  });
  afterAll(async () => {
    await workspace[Symbol.asyncDispose]();
    await farm[Symbol.asyncDispose]();
  });

  test('every build of a hostile flake is dealt with', () => {
    expect(step.exitCode, step.printed.slice(-3000)).toBe(1);
    const named = (words: RegExp): number =>
      new Set(step.log.flatMap((line) => words.exec(line)?.[1] ?? [])).size;
    // The good one and the one of the bare name are one derivation.
    expect(named(/^✅ (hostile-\d+): built on/)).toBe(hostileNames.length);
    expect(named(/^❌ (hostile-\d+): failed on/)).toBe(hostileNames.length);
    expect(step.printed.split('broken').length).toBeGreaterThan(hostileNames.length);
  });

  test('the runner obeys no command of it', () => {
    const commands = obeyed(step.printed);
    const tokens = commands.filter(({ name }) => name === 'stop-commands').map(({ data }) => data);
    expect(new Set(tokens).size).toBe(1);
    const ours = new Set(['error', 'warning', 'notice', 'stop-commands', 'group', 'endgroup', ...tokens]);
    expect(commands.filter(({ name }) => !ours.has(name))).toEqual([]);
    // Told as text, and so seen by whoever reads the log.
    expect(step.printed).toContain('::set-output name=success::stolen');
    const manifest = readFileSync(new URL('../../action.yml', import.meta.url), 'utf8');
    for (const name of step.outputs.keys()) expect(Object.keys(parse(manifest).outputs)).toContain(name);
    expect(step.outputs.get('success')).toBe('false');
  });

  test('its errors are annotations in the words of ours', () => {
    for (const { title } of step.annotations) expect(title).toMatch(/^[^\n\r\u001b]*$/);
    const first = step.annotations.find(({ level }) => level === 'error');
    expect(first).toBeDefined();
    expect(step.printed).not.toMatch(/[\u0007\u0008\u009b\u202e\u2066]|\u001b(?!\[[0-9;]*m)/);
  });

  test('the summary has no element, link or diagram of its making', () => {
    const page = new RenderedMarkdown(step.summary);
    const ours =
      'blockquote br code details h2 h3 h4 li p pre strong summary table tbody td th thead tr ul'.split(' ');
    expect(page.elementNames().filter((name) => !ours.includes(name))).toEqual([]);
    expect(step.summary).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2066]/);
    const diagrams = [...step.summary.matchAll(/^```mermaid\n([^]*?)^```$/gm)].map(([, text = '']) => text);
    for (const line of diagrams.flatMap((text) => text.trim().split('\n'))) {
      expect(line).toMatch(
        /^(?:gantt|  dateFormat x|  axisFormat %H:%M:%S|  todayMarker off|  section [\w .-]+|  [✓✗] [\w .-]+ :(?:active, |crit, )?\d+, \d+)$/u,
      );
    }
    expect(page.rows().flat().join('\n')).toContain('::set-output name=success::stolen');
  });

  test('files stay in their folder, under names that every system takes', async () => {
    expect(existsSync('/tmp/nix-dispatch-escaped')).toBe(false);
    for (const path of Object.keys(step.kept)) {
      expect(path).toMatch(/^(?:summary\.md|results\/[a-z]+\.[a-z]+|logs\/[\w+.=-]+\.log)$/);
    }
    const logs = Object.keys(step.kept).filter((path) => path.startsWith('logs/'));
    expect(logs.length).toBeGreaterThanOrEqual(2 * hostileNames.length);
    expect((await readdir(workspace.folder)).sort()).toEqual(['checkout', 'home', 'temp']);
  });

  test('reports for programs and browsers hold it as text', () => {
    const results = JSON.parse(step.kept['results/results.json'] ?? '');
    expect(JSON.stringify(results)).toContain('stolen');
    const junit = new SaxesParser();
    junit.on('error', (error) => {
      throw error;
    });
    junit.write(step.kept['results/junit.xml'] ?? '').close();
    const html = step.kept['results/report.html'] ?? '';
    const elements: string[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('tagName' in node) elements.push(String(node.tagName));
      if ('childNodes' in node && Array.isArray(node.childNodes)) node.childNodes.forEach(visit);
    };
    visit(parseFragment(html));
    expect(elements).not.toContain('img');
    expect(elements.filter((name) => name === 'script').length).toBe(html.split(/<script[\s>]/).length - 1);
    expect(html).not.toContain('<script>alert(1)');
  });
});
