// What the release workflow does, for the checkout in the working directory:
//   release.ts notes VERSION   checks that VERSION can be released, and prints its notes
//   release.ts tag VERSION     tags it, moves the tag of its major version, and pushes both
import { readFile } from 'node:fs/promises';
import { readContract, type Contract } from './docs/tables.ts';
import { changesOf } from './docs/changelog.ts';
import { mustRun } from './provision/command.ts';
import { changesMarkdown, interfaceChanges } from './release/interface-changes.ts';
import { publishTags, releaseBefore } from './release/tags.ts';
import { mayBreak, parseVersion, type Version } from './release/version.ts';

const workflowPath = '.github/workflows/ci-workflow.yml';

/** Notes of a version, in Markdown. Throws Error when something speaks against releasing it. */
async function notesOf(text: string, version: Version): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile('package.json', 'utf8'));
  const current =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
  if (text !== current) {
    throw new Error(`Expected the version of package.json, which is ${String(current)}; got ${text}`);
  }
  const notes = changesOf(text, await readFile('CHANGELOG.md', 'utf8'));
  const before = await releaseBefore('.', version);
  const documents = `\n\n${documentsLink(text)}`;
  if (before === undefined) return notes + documents;
  const changes = interfaceChanges(await contractAt(before.tag), await contractHere());
  const removed = changes.filter(({ kind }) => kind === 'removed');
  if (removed.length > 0 && !mayBreak(before.version, version)) {
    throw new Error(
      `Expected a new major version after ${before.tag}, since it takes away:\n${changesMarkdown(removed)}`,
    );
  }
  const untold = removed.filter(({ name }) => !notes.includes(`\`${name}\``));
  if (untold.length > 0) {
    throw new Error(`Expected CHANGELOG.md to name what it takes away:\n${changesMarkdown(untold)}`);
  }
  const list = changesMarkdown(changes);
  return `${notes}${list === '' ? '' : `\n\n### Interface since ${before.tag}\n\n${list}`}${documents}`;
}

function documentsLink(text: string): string {
  const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY = 'OWNER/nix-dispatch' } = process.env;
  return `[Documents of this version](${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/tree/v${text}#readme)`;
}

async function contractHere(): Promise<Contract> {
  return readContract(await readFile('action.yml', 'utf8'), await readFile(workflowPath, 'utf8'));
}

async function contractAt(tag: string): Promise<Contract> {
  const show = (path: string) => mustRun(['git', 'show', `${tag}:${path}`]);
  return readContract(await show('action.yml'), await show(workflowPath));
}

const [command, text = ''] = process.argv.slice(2);
const version = parseVersion(text);
try {
  if (version === undefined) throw new Error(`Expected a version such as 1.2.3; got "${text}"`);
  if (command === 'notes') console.log(await notesOf(text, version));
  else if (command === 'tag') console.log(`pushed ${(await publishTags('.', text, version)).join(', ')}`);
  else throw new Error(`Expected notes or tag; got "${command ?? ''}"`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
