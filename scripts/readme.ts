// Writes the tables of README.md from action.yml and ci-workflow.yml. With --check it only says whether they are current.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readContract, renderReadme } from './docs/tables.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFile(join(root, path), 'utf8');

const contract = readContract(await read('action.yml'), await read('.github/workflows/ci-workflow.yml'));
const readme = await read('README.md');
const rendered = renderReadme(readme, contract);
if (!process.argv.includes('--check')) {
  await writeFile(join(root, 'README.md'), rendered);
} else if (rendered !== readme) {
  console.error(
    'The tables of README.md are not what action.yml and ci-workflow.yml say: run npm run readme.',
  );
  process.exitCode = 1;
}
