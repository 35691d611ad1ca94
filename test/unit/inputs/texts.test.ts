import { describe, expect, it } from 'vitest';
import { nixConfigText, nixConfOfBuilds, parseNixConf } from '../../../src/inputs/nix-conf.ts';
import { parseArtifactPrefix, parseFlakeReference, parseToken } from '../../../src/inputs/texts.ts';
import { parseArguments, parseSystems, parseTopAttrs } from '../../../src/inputs/words.ts';

describe('parseArguments', () => {
  it.each([
    ['', []],
    ['--impure  --option\nsandbox false', ['--impure', '--option', 'sandbox', 'false']],
    [`--argstr name "two words" 'a "b"'`, ['--argstr', 'name', 'two words', 'a "b"']],
    [String.raw`a\ b "c\"d" '\n'`, ['a b', 'c"d', String.raw`\n`]],
    [`'' ""`, ['', '']],
    ['a#b # c', ['a#b', '#', 'c']],
    ['$(id) `id` $HOME *.nix ; & |', ['$(id)', '`id`', '$HOME', '*.nix', ';', '&', '|']],
  ])('splits %j as a shell would, and expands nothing', (text, words) => {
    expect(parseArguments(text)).toEqual({ kind: 'value', value: words });
  });
  it.each(['"open', "'open", 'end\\'])('refuses %j', (text) => {
    expect(parseArguments(text).kind).toBe('fault');
  });
});

describe('parseTopAttrs', () => {
  it('takes blanks, commas and line ends, each name once', () => {
    expect(parseTopAttrs('checks, packages\ndevShells checks')).toEqual({
      kind: 'value',
      value: ['checks', 'packages', 'devShells'],
    });
  });
  it('takes longer attribute paths, quoted where Nix needs it', () => {
    expect(parseTopAttrs('legacyPackages.x86_64-linux."a.b" hydraJobs')).toEqual({
      kind: 'value',
      value: ['legacyPackages.x86_64-linux."a.b"', 'hydraJobs'],
    });
  });
  it.each(['', ',', 'a;b', '"checks', 'a..b', 'a.', '-x', '1st'])('refuses %j', (text) => {
    expect(parseTopAttrs(text).kind).toBe('fault');
  });
});

describe('parseSystems', () => {
  it('reads several, and none as every', () => {
    expect(parseSystems('x86_64-linux aarch64-darwin')).toEqual({
      kind: 'value',
      value: ['x86_64-linux', 'aarch64-darwin'],
    });
    expect(parseSystems('')).toEqual({ kind: 'value', value: undefined });
  });
  it.each(['linux', 'x86_64-linux-gnu', '"x-y"'])('refuses %j', (text) => {
    expect(parseSystems(text).kind).toBe('fault');
  });
});

describe('parseFlakeReference', () => {
  it.each(['.', './sub', 'path:./x', 'github:a/b?dir=c', 'git+file:///x?ref=main'])('takes %s', (text) => {
    expect(parseFlakeReference(text)).toEqual({ kind: 'value', value: text });
  });
  it.each(['--impure', 'a b', '.#checks', 'a\nb'])('refuses %j', (text) => {
    expect(parseFlakeReference(text).kind).toBe('fault');
  });
});

describe('parseArtifactPrefix', () => {
  it('keeps a legal prefix and takes none for none', () => {
    expect(parseArtifactPrefix('linux-')).toEqual({ kind: 'value', value: 'linux-' });
    expect(parseArtifactPrefix('')).toEqual({ kind: 'value', value: undefined });
  });
  it.each(['a/b', 'a:b', 'a"b', 'a\\b', 'a\nb', 'x'.repeat(101)])('refuses %j', (text) => {
    expect(parseArtifactPrefix(text).kind).toBe('fault');
  });
});

describe('parseNixConf', () => {
  it('brings lines into the form that Nix reads', () => {
    const text =
      '# ours\r\nsandbox=relaxed\n\n  extra-substituters = https://a https://b\n!include extra.conf\ntrusted-users =';
    expect(parseNixConf(text)).toEqual({
      kind: 'value',
      value:
        'sandbox = relaxed\nextra-substituters = https://a https://b\n!include extra.conf\ntrusted-users =',
    });
  });
  it('names the lines that are wrong, not what is in them', () => {
    expect(parseNixConf('sandbox = true\nsecret\n= 1')).toEqual({
      kind: 'fault',
      expected: 'lines of nix.conf such as: sandbox = relaxed',
      got: 'something else in line 2, 3',
    });
  });
});

it('a Nix that builds gets the settings, and no tokens', () => {
  const lines = [
    'cores = 2',
    'access-tokens = github.com=secret',
    'extra-access-tokens = x=secret',
    'sandbox = true',
  ];
  expect(nixConfOfBuilds(lines.join('\n'))).toBe('cores = 2\nsandbox = true');
});

describe('nixConfigText', () => {
  it.each([
    ['', undefined, ''],
    ['a = 1', undefined, 'a = 1'],
    ['', 'tok', 'extra-access-tokens = github.com=tok'],
    ['a = 1', 'tok', 'a = 1\nextra-access-tokens = github.com=tok'],
  ])('joins %j and token %j', (nixConf, githubAccessToken, text) => {
    expect(nixConfigText({ nixConf, githubAccessToken })).toBe(text);
  });
});

describe('parseToken', () => {
  it('refuses blanks, which would end a line of configuration', () => {
    expect(parseToken('ghp_abc')).toEqual({ kind: 'value', value: 'ghp_abc' });
    expect(parseToken('a\nb').kind).toBe('fault');
  });
});
