import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeBlocks, repositoryDocuments } from '../../support/documents/code-blocks.ts';

const root = join(import.meta.dirname, '../../..');
const documents = repositoryDocuments();

/** Names that GitHub gives to headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe.each(documents)('$name', ({ name, text }) => {
  it('has links that lead somewhere', () => {
    const targets = [...text.matchAll(/(?:\]\(|<img src=")(?!\w+:|#)([^)#"]+)/g)].map(
      ([, target = '']) => target,
    );
    const lost = targets.filter((target) => !existsSync(join(root, dirname(name), target)));
    expect(lost).toEqual([]);
  });

  it('has links to headings that there are', () => {
    const targets = [...text.matchAll(/\]\((?!\w+:)([^)#]*)#([^)]+)\)/g)];
    const lost = targets.filter(([, path = '', anchor = '']) => {
      const target = join(root, path === '' ? name : join(dirname(name), path));
      return path !== '' && !path.endsWith('.md')
        ? false
        : !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
  });

  it('has JSON and YAML that parse', () => {
    for (const block of codeBlocks(text, 'json')) expect(() => JSON.parse(block) as unknown).not.toThrow();
    for (const block of codeBlocks(text, 'ya?ml')) expect(() => parse(block) as unknown).not.toThrow();
  });

  it("has workflows that GitHub's own parser accepts", () => {
    for (const block of codeBlocks(text, 'ya?ml').filter((block) => /^jobs:/m.test(block))) {
      const content = /^on:/m.test(block) ? block : `on: push\n${block}`;
      const { context } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
      expect(context.errors.getErrors().map((error) => error.message)).toEqual([]);
    }
  });

  it('runs only scripts that there are', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

it('explains messages that the program has', () => {
  const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
  const messages = [...page.matchAll(/^- `([^`]+)`/gm)].map(([, message = '']) => message);
  const folder = join(root, 'src');
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const parts = messages.flatMap((message) => message.split('…').map((part) => part.trim()));
  expect(messages.length).toBeGreaterThan(20);
  expect(parts.filter((part) => !source.includes(part))).toEqual([]);
});

it('lists every folder of tests', () => {
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const named = [...contributing.matchAll(/^\| `test\/(\w+)`/gm)].map(([, name = '']) => name);
  expect(named.toSorted()).toEqual(readdirSync(join(root, 'test')).sort());
});

it('keeps a changelog in the form of Keep a Changelog', () => {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const versions = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  expect(versions[0]).toBe('[Unreleased]');
  for (const heading of versions.slice(1)) {
    expect(heading).toMatch(/^\[\d+\.\d+\.\d+(?:-[\w.]+)?\] - \d{4}-\d{2}-\d{2}$/);
  }
  const kinds = [...changelog.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
  expect(
    kinds.filter((kind) => !/^(?:Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(kind ?? '')),
  ).toEqual([]);
});
