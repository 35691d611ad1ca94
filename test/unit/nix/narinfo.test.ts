import { expect, it } from 'vitest';
import { formatNarinfo, narinfoName } from '../../../src/nix/narinfo.ts';
import { output } from '../../support/dispatch/derivations.ts';
import { pathInfo } from '../../support/dispatch/machine.ts';

const nar = { url: 'nar/x.nar.zst', compression: 'zstd', sizeBytes: 7, sha256: new Uint8Array(32) };
const zeros = '0'.repeat(52);
const signature = `cache-1:${'A'.repeat(86)}==`;

it('says what Nix reads, a fact a line', () => {
  const [path, other] = [output('hello'), output('libfoo')];
  const info = { ...pathInfo(path, [other, path]), deriver: output('hello.drv'), signatures: [signature] };
  const base = (text: string) => text.slice('/nix/store/'.length);
  expect(formatNarinfo({ ...info, contentAddress: `fixed:r:sha256:${zeros}` }, nar)).toBe(
    [
      `StorePath: ${path}`,
      'URL: nar/x.nar.zst',
      'Compression: zstd',
      `FileHash: sha256:${zeros}`,
      'FileSize: 7',
      `NarHash: sha256:${zeros}`,
      'NarSize: 100',
      `References: ${[path, other].map(base).sort().join(' ')}`,
      `Deriver: ${base(info.deriver)}`,
      `Sig: ${signature}`,
      `CA: fixed:r:sha256:${zeros}`,
      '',
    ].join('\n'),
  );
  expect(narinfoName(path)).toBe(`${base(path).slice(0, 32)}.narinfo`);
});

it('gives no line to what a builder made up', () => {
  const info = pathInfo(output('hello'));
  const signatures = [
    'a:AAAA\nURL: http://elsewhere',
    'a\nURL: x:AAAA',
    'no colon',
    ':AAAA',
    'a:',
    signature,
  ];
  expect(formatNarinfo({ ...info, signatures }, nar).match(/^(?:Sig|URL): .*$/gm)).toEqual([
    'URL: nar/x.nar.zst',
    `Sig: ${signature}`,
  ]);
  const contentAddress = `fixed:r:sha256:${zeros}\nURL: x`;
  expect(() => formatNarinfo({ ...info, contentAddress }, nar)).toThrow('is not a');
});
