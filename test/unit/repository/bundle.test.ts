import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, root, type BundledFile } from '../../../scripts/bundle/bundle.ts';

// Everything that is hard to bundle, each imported only when it is asked for.
const source = `
import { getInput } from '@actions/core';
const show = {
  core: () => getInput('word'),
  ssh2: async () => (await import('ssh2')).default.utils.generateKeyPairSync('ed25519').public.split(' ')[0],
  artifact: async () => typeof (await import('@actions/artifact')).DefaultArtifactClient,
  jq: async () => (await (await import('jq-wasm/inline')).json({ word: 'hello' }, '.word'))[0],
};
process.stdout.write(String(await show[process.argv[2]]()));
`;

let folder: string;
let files: readonly BundledFile[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-dispatch-bundle-'));
  // esbuild resolves packages from where the source lies.
  const entry = join(root, 'node_modules', `.bundle-test-${process.pid}.ts`);
  await writeFile(entry, source);
  try {
    files = await bundle({ entry });
  } finally {
    await rm(entry);
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { name, contents } of files) await writeFile(join(folder, name), contents);
});

afterAll(() => rm(folder, { recursive: true }));

describe('the bundle', () => {
  it.each([
    ['core', 'hi'],
    ['ssh2', 'ssh-ed25519'],
    ['artifact', 'function'],
    ['jq', 'hello'],
  ])('runs %s with no packages beside it', (name, output) => {
    const run = spawnSync(process.execPath, [join(folder, 'entry.js'), name], {
      encoding: 'utf8',
      env: { INPUT_WORD: 'hi' },
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe(output);
  });

  it('loads at start only what every run needs', () => {
    const entry = new TextDecoder().decode(files.find(({ name }) => name === 'entry.js')?.contents);
    const atStart = [...entry.matchAll(/^\s*(?:import|\} from) ?"\.\/(.*)"|from "\.\/(.*)"/gm)];
    const bytes = atStart.map(([, plain, named]) => {
      const file = files.find(({ name }) => name === (plain ?? named));
      return file?.contents.length ?? Number.NaN;
    });
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, length) => sum + length, entry.length)).toBeLessThan(1_000_000);
  });

  it('holds no native addon and no path of this machine', () => {
    const text = files.map(({ contents }) => new TextDecoder().decode(contents)).join('\n');
    expect(text).toContain('left out of the bundle');
    expect(text).not.toContain(root);
  });

  it('names the licences of what it holds', () => {
    const licences = new TextDecoder().decode(files.find(({ name }) => name === 'licenses.txt')?.contents);
    const headings = licences.split(/^-{80}$/m).map((section) => /^(\S+) \S+ \(.+\)$/m.exec(section)?.[1]);
    expect(headings).toEqual(
      expect.arrayContaining(['@actions/core', '@actions/artifact', 'ssh2', 'jq-wasm']),
    );
    expect(headings).not.toContain(undefined);
    expect(headings).not.toContain('vitest');
    const terms = [...licences.matchAll(/^\S+ \S+ \((.+)\)$/gm)].flatMap(([, licence = '']) =>
      licence.replaceAll(/[()]/g, '').split(' AND '),
    );
    // All of them ask for no more than to be named.
    const harmless = new Set([
      '0BSD',
      'Apache-2.0',
      'BSD-2-Clause',
      'BSD-3-Clause',
      'BlueOak-1.0.0',
      'ISC',
      'MIT',
      'Unlicense',
    ]);
    expect(terms.filter((term) => !harmless.has(term))).toEqual([]);
  });
});
