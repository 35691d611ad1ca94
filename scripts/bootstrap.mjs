// Runs a TypeScript program of this repository: node scripts/bootstrap.mjs [<program.ts> [argument…]]
// Works on a fresh checkout with Node 20, so it is plain JavaScript and imports nothing but Node: it installs the
// packages of package-lock.json when they are absent or others, and starts the program with the Node among them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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

/** Whether what npm installed is what package-lock.json asks for; packages of other platforms are never installed. */
function packagesAreCurrent() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile) || !existsSync(join(binaries, 'node'))) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
  );
}

const [program, ...args] = process.argv.slice(2);
if (!packagesAreCurrent()) {
  console.error('installing npm packages, which takes a minute');
  // Some packages ask for a newer Node than this one, and run on the one that is installed here.
  run('npm', ['ci', '--loglevel=error', '--no-fund'], root);
}
if (program !== undefined) run(join(binaries, 'node'), [program, ...args], process.cwd());
