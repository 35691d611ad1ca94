// Runs a TypeScript program of this repository: node scripts/bootstrap.mjs <program.ts> [argument…]
// Works on a fresh checkout with Node 20, so it is plain JavaScript and imports nothing but Node: it installs the
// packages of package-lock.json when they are absent or older, and starts the program with the Node among them.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const binaries = join(root, 'node_modules', '.bin');
const environment = { ...process.env, PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}` };

/** Runs a program to its end with our input and output; ends this process as it ended when it failed. */
function run(file, args, cwd) {
  const { status, error } = spawnSync(file, args, { cwd, env: environment, stdio: 'inherit' });
  if (error) console.error(`expected to start ${file}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function packagesAreCurrent() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || !existsSync(join(binaries, 'node'))) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error('usage: node scripts/bootstrap.mjs <program.ts> [argument…]');
  process.exit(2);
}
if (!packagesAreCurrent()) run('npm', ['ci'], root);
run(join(binaries, 'node'), [program, ...args], process.cwd());
