import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Markdown file of this repository. */
export interface RepositoryDocument {
  /** Its path from the root. */
  readonly name: string;
  readonly text: string;
}

const root = join(import.meta.dirname, '../../..');

/** Every Markdown file that git knows or would add. */
export function repositoryDocuments(): readonly RepositoryDocument[] {
  const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.stdout
    .split('\n')
    .filter((name) => name !== '' && existsSync(join(root, name)))
    .map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }));
}

/** The fenced blocks of a language, whose name is a regular expression, without their fences. */
export function codeBlocks(text: string, language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(([, block = '']) => block);
}

/** The text from a heading to the next of the same or a higher level; empty where there is none such. */
export function sectionOf(text: string, heading: string): string {
  const [, marks = ''] = /^(#+) /.exec(heading) ?? [];
  const from = text.indexOf(`${heading}\n`);
  if (from < 0) return '';
  const body = text.slice(from + heading.length);
  const to = body.search(new RegExp(`^#{1,${marks.length}} `, 'm'));
  return to < 0 ? body : body.slice(0, to);
}
