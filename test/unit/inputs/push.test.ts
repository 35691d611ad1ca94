import { describe, expect, it } from 'vitest';
import { parsePushTargets } from '../../../src/inputs/push.ts';

describe('parsePushTargets', () => {
  it('tells hosts from what Nix has to write', () => {
    const parsed = parsePushTargets('s3://bucket?region=eu-west-1\n file:///srv/cache ssh-ng://me@host:2222');
    expect(parsed).toMatchObject({
      value: [
        { kind: 'nix', name: 's3://bucket', uri: 's3://bucket?region=eu-west-1' },
        { kind: 'nix', name: 'file:///srv/cache', uri: 'file:///srv/cache' },
        { kind: 'ssh', builder: { address: { user: 'me', host: 'host', port: 2222 } } },
      ],
    });
    expect(parsePushTargets('')).toMatchObject({ value: [] });
  });
  it('knows what has programs of its own', () => {
    expect(parsePushTargets('cachix:ours attic:ours attic:ci:ours')).toEqual({
      kind: 'value',
      value: [
        { kind: 'tool', name: 'cachix:ours', tool: 'cachix', cache: 'ours' },
        { kind: 'tool', name: 'attic:ours', tool: 'attic', cache: 'ours' },
        { kind: 'tool', name: 'attic:ci:ours', tool: 'attic', cache: 'ci:ours' },
      ],
    });
  });
  it.each([
    ['cache', '"cache"'],
    ['--to', '"--to"'],
    ['cachix:--help', '"cachix:--help"'],
    ['cachix:a:b', '"cachix:a:b"'],
    ['attic:ci:-x', '"attic:ci:-x"'],
    ['https://me:secret@cache.example.org', 'with a password in it'],
    ['ssh-ng://host:port', 'port'],
  ])('refuses %s', (text, got) => {
    const parsed = parsePushTargets(text);
    expect(parsed).toMatchObject({ kind: 'fault', got: expect.stringContaining(got) as string });
    expect(JSON.stringify(parsed)).not.toContain('secret@');
  });
  it.each([
    ['foo bar', '"foo", "bar"'],
    ['foo cachix:ours bar foo', '"foo", "bar"'],
    ['cachix: s3:// file:///fine', '"cachix:", "s3://"'],
    [
      'https://me:secret@cache.example.org bar',
      'a URI with a password in it (https://…): use netrc-file in nix_conf, "bar"',
    ],
  ])('%s names every wrong target', (text, got) => {
    expect(parsePushTargets(text)).toMatchObject({ kind: 'fault', got });
  });
});
