import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it, type TestContext } from 'vitest';
import { parse, parseDocument, visit } from 'yaml';
import { findTool, type Tool } from '../../../scripts/provision/tools.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.github/workflows');
const workflows = readdirSync(folder).map((name) => ({
  name,
  content: readFileSync(join(folder, name), 'utf8'),
}));

function runTool(context: TestContext, tool: Tool, args: readonly string[]) {
  const program = findTool(tool) ?? context.skip(`${tool} is not installed: npm test installs it`);
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

describe.each(workflows)('$name', ({ name, content }) => {
  it("is accepted by GitHub's own parser", () => {
    const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map((error) => error.message)).toEqual([]);
  });

  it('pins every action of others by commit and says which version that is', () => {
    const uses = [...content.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action = '']) => action);
    for (const action of uses.filter((action) => !action.startsWith('./'))) {
      expect(action).toMatch(/^[\w-]+(?:\/[\w-]+)+@[0-9a-f]{40} # v\d+(?:\.\d+)*$/);
    }
  });

  it('grants nothing but what a job states', () => {
    const { permissions, jobs } = parse(content) as { permissions: unknown; jobs: Record<string, object> };
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job).toHaveProperty('permissions');
  });

  it('has no anchors, which GitHub Enterprise Server learnt late', () => {
    const anchored: string[] = [];
    visit(parseDocument(content), {
      Alias: (_, { source }) => void anchored.push(`*${source}`),
      Value: (_, { anchor }) => void (anchor === undefined || anchored.push(`&${anchor}`)),
    });
    expect(anchored).toEqual([]);
  });

  it('pastes no expression into a script', () => {
    const scripts: string[] = [];
    JSON.parse(JSON.stringify(parse(content)), (key, value: unknown) => {
      if (key === 'run' && typeof value === 'string') scripts.push(value);
      return value;
    });
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

describe('all workflows', () => {
  it('satisfy actionlint', (context) => {
    expect(runTool(context, 'actionlint', ['-no-color'])).toEqual({ status: 0, output: '' });
  });

  it('satisfy zizmor', (context) => {
    const args = ['--offline', '--config', '.github/zizmor.yml', '--quiet', '.github', 'action.yml'];
    const { status, output } = runTool(context, 'zizmor', args);
    expect(output).toContain('No findings to report');
    expect(status).toBe(0);
  });
});
