import { expect, test } from 'vitest';
import { evaluationKey, type EvaluationSubject } from '../../../../src/flake/cache/evaluation-key.ts';
import type { EvaluateOptions } from '../../../../src/flake/options.ts';

const SUBJECT: EvaluationSubject = {
  lockedUrl: 'git+file:///repo?rev=1',
  locks: {
    root: 'root',
    nodes: { root: { inputs: { a: 'a' } }, a: { locked: { type: 'path', narHash: 'sha256-x' } } },
  },
  nixVersion: 'nix (Nix) 2.26.3',
};

const OPTIONS: EvaluateOptions = {
  flake: '.',
  topAttrs: ['checks'],
  systems: undefined,
  filter: 'true',
  label: '.attr',
  nixArgs: [],
  nixConf: '',
};

const KEY = evaluationKey(SUBJECT, OPTIONS);

test('a locked flake has a key', () => {
  expect(KEY).toBeTypeOf('string');
});

test.each<[string, Partial<EvaluationSubject>, Partial<EvaluateOptions>]>([
  ['the revision', { lockedUrl: 'git+file:///repo?rev=2' }, {}],
  ['an input', { locks: { nodes: { root: {}, a: { locked: { narHash: 'sha256-y' } } } } }, {}],
  ['the version of Nix', { nixVersion: 'nix (Nix) 2.34.8' }, {}],
  ['top attributes', {}, { topAttrs: ['packages'] }],
  ['systems', {}, { systems: ['x86_64-linux'] }],
  ['the filter', {}, { filter: '.attr == "a"' }],
  ['the label', {}, { label: '.name' }],
  ['arguments', {}, { nixArgs: ['--option', 'allow-import-from-derivation', 'false'] }],
  ['settings', {}, { nixConf: 'allow-import-from-derivation = false' }],
])('%s belongs to the key', (_name, subject, options) => {
  expect(evaluationKey({ ...SUBJECT, ...subject }, { ...OPTIONS, ...options })).not.toBe(KEY);
});

test.each<[string, Partial<EvaluateOptions>]>([
  ['a token', { nixConf: 'access-tokens = github.com=secret' }],
  ['another token', { nixConf: '\nextra-access-tokens = github.com=other\n# comment' }],
  [
    'where to build',
    { nixConf: 'builders = unix:///tmp/nd-x/0\nmax-jobs = 0\nbuilders-use-substitutes = true' },
  ],
  ['how fast', { workers: 7, maxMemoryBytes: 1, timeoutMs: 5 }],
  ['how the reference is written', { flake: './.' }],
])('%s does not', (_name, options) => {
  expect(evaluationKey(SUBJECT, { ...OPTIONS, ...options })).toBe(KEY);
});

test.each<[string, Partial<EvaluationSubject>, Partial<EvaluateOptions>]>([
  ['a dirty tree', { lockedUrl: undefined }, {}],
  [
    'an input that is not locked',
    { locks: { nodes: { a: { locked: { type: 'git', dirtyRev: 'x' } } } } },
    {},
  ],
  ['no locks', { locks: undefined }, {}],
  ['impure evaluation', {}, { nixArgs: ['--impure'] }],
  ['impure evaluation by option', {}, { nixArgs: ['--option', 'pure-eval', 'false'] }],
  ['impure evaluation by setting', {}, { nixConf: 'pure-eval = false' }],
  ['settings from elsewhere', {}, { nixConf: '!include /etc/nix/secret.conf' }],
])('%s has none', (_name, subject, options) => {
  expect(evaluationKey({ ...SUBJECT, ...subject }, { ...OPTIONS, ...options })).toBeUndefined();
});

test('an input that is part of another needs no hash', () => {
  const locks = { nodes: { root: {}, sub: { locked: { type: 'path', path: './sub' }, parent: [] } } };
  expect(evaluationKey({ ...SUBJECT, locks }, OPTIONS)).toBeTypeOf('string');
});
