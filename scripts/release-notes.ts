// Prints what CHANGELOG.md says about a version, and fails unless package.json has that version.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changesOf } from './docs/changelog.ts';

const root = join(import.meta.dirname, '..');
const version = process.argv[2] ?? '';
const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const current =
  typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
if (version !== current) {
  console.error(`expected the version of package.json, which is ${String(current)}; got "${version}"`);
  process.exit(1);
}
console.log(changesOf(version, await readFile(join(root, 'CHANGELOG.md'), 'utf8')));
