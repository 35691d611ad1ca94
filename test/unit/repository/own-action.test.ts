import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from '../../../scripts/provision/command.ts';

const workflowPath = join(import.meta.dirname, '../../../.github/workflows/ci-workflow.yml');
const workflow = parse(await readFile(workflowPath, 'utf8')) as {
  jobs: { build: { steps: readonly { id?: string; run?: string }[] } };
};
const script = workflow.jobs.build.steps.find(({ id }) => id === 'own')?.run ?? '';

const calls = (reference: string) => `jobs:\n  nix:\n    uses: ${reference}\n`;
const ours = 'me/nix-dispatch/.github/workflows/ci-workflow.yml';
const theirs = 'nixbuild/nixbuild-action/.github/workflows/ci-workflow.yml@v24';

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Repository and revision, or what an error says. */
  readonly found: readonly [string, string] | string;
}

const cases: readonly Case[] = [
  {
    what: 'GitHub says it',
    files: { 'nix.yml': calls(`${ours}@v1`) },
    environment: { REPOSITORY: 'other/fork', REVISION: 'abc' },
    found: ['other/fork', 'abc'],
  },
  {
    what: 'the only file that calls it does',
    files: { 'nix.yml': calls(`${ours}@v1`) },
    found: ['me/nix-dispatch', 'v1'],
  },
  {
    what: 'it is quoted, and a comment follows',
    files: { 'nix.yaml': calls(`"${ours}@0123abc" # v1.2`) },
    found: ['me/nix-dispatch', '0123abc'],
  },
  {
    what: 'the file that runs comes before others',
    files: { 'a.yml': calls(`${ours}@v1`), 'b.yml': calls(`${ours}@v2`) },
    environment: {
      GITHUB_REPOSITORY: 'me/mine',
      GITHUB_WORKFLOW_REF: 'me/mine/.github/workflows/b.yml@refs/heads/main',
    },
    found: ['me/nix-dispatch', 'v2'],
  },
  {
    what: 'the workflow that this one replaces is still there',
    files: { 'a.yml': calls(theirs), 'b.yml': calls(`${ours}@v1`) },
    found: ['me/nix-dispatch', 'v1'],
  },
  {
    what: 'it runs in its own repository',
    files: {
      'nix.yml': calls('./.github/workflows/ci-workflow.yml'),
      '../../action.yml': 'name: nix-dispatch\n',
    },
    found: ['.', ''],
  },
  {
    what: 'nothing calls it',
    files: { 'a.yml': calls(theirs) },
    found: 'expected a file in .github/workflows',
  },
];

it.each(cases)(
  'the reusable workflow finds its own action where $what',
  async ({ files, environment, found }) => {
    const folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-own-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder, '.github/workflows', name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
      const output = join(folder, 'output');
      const { code, stdout } = await runCommand(['bash', '-e', '-c', script], {
        cwd: folder,
        env: { REPOSITORY: '', REVISION: '', ...environment, GITHUB_OUTPUT: output },
      });
      if (typeof found === 'string') {
        expect(stdout).toContain(found);
        expect(code).toBe(1);
        return;
      }
      expect(code, stdout).toBe(0);
      expect(await readFile(output, 'utf8')).toBe(`repository=${found[0]}\nrevision=${found[1]}\n`);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
