import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readContract } from '../../../scripts/docs/tables.ts';
import { parseInputs } from '../../../src/inputs/parse-inputs.ts';
import { codeBlocks, repositoryDocuments, sectionOf } from '../../support/documents/code-blocks.ts';
import { faultsOf, literalInputs, lostOutputs, usesIn } from '../../support/documents/uses.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const workflow = read('.github/workflows/ci-workflow.yml');
const contract = readContract(read('action.yml'), workflow);
const documents = repositoryDocuments();
const examples = documents.flatMap(({ name, text }) =>
  codeBlocks(text, 'ya?ml').flatMap((block, index) => {
    const uses = usesIn(parse(block));
    return uses.length === 0 ? [] : [{ name: `${name}, example ${index + 1}`, block, uses }];
  }),
);

it('finds the examples of the README and of every page about moving here', () => {
  const withExamples = new Set(examples.map(({ name }) => name.replace(/,.*/, '')));
  const pages = documents.map(({ name }) => name).filter((name) => name.startsWith('docs/migrate/'));
  expect(pages.length).toBeGreaterThan(4);
  expect([...withExamples]).toEqual(expect.arrayContaining(['README.md', ...pages]));
});

describe.each(examples)('$name', ({ block, uses }) => {
  it('gives only inputs and secrets that there are', () => {
    expect(uses.flatMap((use) => faultsOf(use, contract))).toEqual([]);
  });

  it('gives inputs that are understood', () => {
    for (const use of uses) {
      const inputs = literalInputs(use);
      parseInputs(
        (name) => inputs[name] ?? '',
        () => '',
      );
    }
  });

  it('asks only for outputs that there are', () => {
    expect(lostOutputs(block, uses, contract)).toEqual([]);
  });

  it('names the first version, and actions of others as our own workflow has them', () => {
    for (const { reference } of uses) {
      if (reference === undefined) continue;
      expect(reference).toMatch(/^OWNER\/nix-dispatch(?:\/\.github\/workflows\/ci-workflow\.yml)?@v1$/);
    }
    for (const [, action = '', version = ''] of block.matchAll(/uses: ((?!OWNER\/)[\w/-]+)@(\S+)/g)) {
      expect(workflow).toMatch(new RegExp(`uses: ${action}@\\w+ # ${version}\\b`));
    }
  });
});

it('notices what is wrong in an example', () => {
  const block = `jobs:
  a:
    uses: OWNER/nix-dispatch/.github/workflows/ci-workflow.yml@v1
    with: { mod: build }
    secrets: { key: x }
  b:
    steps:
      - id: s
        uses: OWNER/nix-dispatch@v1
        with: { ssh_keys: x }
      - run: echo \${{ steps.s.outputs.sucess }} \${{ needs.a.outputs.results_path }}`;
  const uses = usesIn(parse(block));
  expect(uses.flatMap((use) => faultsOf(use, contract))).toEqual([
    'there is no input mod of the workflow',
    'there is no secret key of the workflow',
    'there is no input ssh_keys of the action',
  ]);
  expect(lostOutputs(block, uses, contract)).toEqual([
    'steps.s.outputs.sucess',
    'needs.a.outputs.results_path',
  ]);
});

it('from nixbuild-action only `uses` changes', () => {
  const page = read('docs/migrate/nixbuild-action.md');
  const linesOf = (heading: string) => {
    const [block = ''] = codeBlocks(sectionOf(page, heading), 'yaml');
    return block.split('\n').filter((line) => !/^ +uses: /.test(line));
  };
  expect(linesOf('## Before').length).toBeGreaterThan(8);
  expect(linesOf('## After')).toEqual(linesOf('## Before'));
});

describe.each(documents.filter(({ name }) => name.startsWith('docs/migrate/')))('$name', ({ text }) => {
  it('shows both files, what changes, and what is lost', () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Before', 'After', 'What changes in meaning', 'What is lost']);
  });
});

// Of other programs, and inputs of nixbuild-action that have other names here or none.
const strangers = new Set(
  'authorized_keys pull_request_target oidc_token_exchange generate_summary_for ssh_address ssh_public_host_key http_api_host'.split(
    ' ',
  ),
);

it.each(documents)('$name speaks only of inputs, secrets and outputs that there are', ({ text }) => {
  const fields = Object.values(contract).flat() as readonly { readonly name: string }[];
  const names = new Set(fields.map(({ name }) => name));
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
  const spoken = [...prose.matchAll(/`([a-z]+(?:_[a-z]+)+)(?::[^`]*)?`/g)].map(([, name = '']) => name);
  expect(spoken.filter((name) => !names.has(name) && !strangers.has(name))).toEqual([]);
});
