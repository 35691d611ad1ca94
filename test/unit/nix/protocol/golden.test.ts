import { describe, it } from 'vitest';
import { decodeKeyedBuildResult, encodeKeyedBuildResult } from '../../../../src/nix/protocol/build-result.ts';
import { decodeTrust, encodeTrust } from '../../../../src/nix/protocol/handshake.ts';
import { DAEMON_MAGIC } from '../../../../src/nix/protocol/numbers.ts';
import { buildModeNumber, parseBuildMode } from '../../../../src/nix/protocol/operations/building.ts';
import {
  decodePathInfo,
  decodeUnkeyedPathInfo,
  encodePathInfo,
  encodeUnkeyedPathInfo,
} from '../../../../src/nix/protocol/path-info.ts';
import {
  decodeDrvOutput,
  decodeUnkeyedRealisation,
  encodeDrvOutput,
  encodeUnkeyedRealisation,
  formatDrvOutput,
  parseDrvOutput,
} from '../../../../src/nix/protocol/realisation.ts';
import { describeWithVectors } from '../../../support/vectors.ts';
import {
  contentAddress,
  derivedPath,
  dialectCodec,
  feature,
  golden,
  introduction,
  keyedRealisation,
  lists,
  named,
  optionalContentAddress,
  optionalPath,
  parsed,
  plain,
  realisation,
  result,
  storePath,
  text,
  uint,
} from './golden-codecs.ts';
import * as value from './golden-values.ts';

const bar = value.gPath('bar.drv');
const fixedSha1 = 'fixed:sha1:1amk6n7wxjlw4qkq6dcj6mm7hw3acrw0';
const drvOutputs = [
  { drv: `sha256:${value.H1}`, outputName: 'baz' },
  { drv: `sha256:${value.H2}`, outputName: 'quux' },
];
const [unkeyedRealisation] = value.unkeyedRealisations;

const primitives = [
  golden('string.bin', text, ['', 'hi', 'white rabbit', '大白兔', 'oh no ']),
  golden('store-path.bin', storePath, [value.gPath('foo'), value.gPath('foo-bar')]),
  golden('content-address.bin', contentAddress, [
    'text:sha256:1vb2xd67750jrvqgykxrf5ipl3h1q57sxc57q5nzjw56bqp3sxzr',
    fixedSha1,
    value.CA,
  ]),
  golden('vector.bin', lists, [
    [
      [[], [''], ['', 'foo', 'bar']],
      [[], [''], ['', '1', '2']],
    ],
  ]),
  golden('set.bin', lists, [
    [
      [[], [''], ['', 'bar', 'foo']],
      [[], [''], ['', '1', '2']],
    ],
  ]),
  golden('optional-store-path.bin', optionalPath, [undefined, value.gPath('foo-bar')]),
  golden('optional-content-address.bin', optionalContentAddress, [undefined, fixedSha1]),
  golden('drv-output.bin', parsed(parseDrvOutput, formatDrvOutput), drvOutputs),
  golden('realisation.bin', realisation('objects'), value.realisations),
  golden('realisation-with-deps.bin', realisation('strings'), value.realisationsWithDependencies),
];

const worker = [
  golden('build-mode.bin', named(parseBuildMode, buildModeNumber), ['normal', 'repair', 'check']),
  golden('optional-trusted-flag.bin', { decode: decodeTrust, encode: encodeTrust }, [
    'unknown',
    'trusted',
    'not-trusted',
  ]),
  golden('derived-path-1.29.bin', derivedPath(29), [
    { kind: 'opaque', path: value.gPath('foo') },
    { kind: 'built', drvPath: bar, outputs: 'all' },
    { kind: 'built', drvPath: bar, outputs: ['x', 'y'] },
  ]),
  golden('derived-path-1.30.bin', derivedPath(30), [
    { kind: 'opaque', path: value.gPath('foo') },
    { kind: 'opaque', path: value.gPath('foo.drv') },
    { kind: 'built', drvPath: bar, outputs: 'all' },
    { kind: 'built', drvPath: bar, outputs: ['x', 'y'] },
  ]),
  golden(
    'drv-output-realisation-with-path-not-hash.bin',
    { decode: decodeDrvOutput, encode: encodeDrvOutput },
    [
      { drv: value.gPath('foo.drv'), outputName: 'baz' },
      { drv: value.gPath('foo.drv'), outputName: 'quux' },
    ],
  ),
  golden(
    'unkeyed-realisation-realisation-with-path-not-hash.bin',
    { decode: decodeUnkeyedRealisation, encode: encodeUnkeyedRealisation },
    value.unkeyedRealisations,
  ),
  golden('realisation-realisation-with-path-not-hash.bin', keyedRealisation, [
    [{ drv: value.gPath('foo.drv'), outputName: 'baz' }, unkeyedRealisation],
  ]),
  golden('build-result-1.27.bin', result(plain(27)), value.results127),
  golden('build-result-1.28.bin', result(plain(28)), value.results128),
  golden('build-result-1.29.bin', result(plain(29)), value.results129),
  golden('build-result-1.29-compat.bin', result(plain(29)), value.results129Compat),
  golden('build-result-1.37.bin', result(plain(37)), value.results137),
  golden('build-result-realisation-with-path-not-hash.bin', result(feature), value.resultsFeature),
  golden(
    'keyed-build-result-1.29.bin',
    dialectCodec(plain(30), decodeKeyedBuildResult, encodeKeyedBuildResult),
    value.keyedResults129,
  ),
  golden(
    'unkeyed-valid-path-info-1.15.bin',
    dialectCodec(plain(15), decodeUnkeyedPathInfo, encodeUnkeyedPathInfo),
    value.unkeyedInfos115,
  ),
  golden('valid-path-info-1.15.bin', dialectCodec(plain(15), decodePathInfo, encodePathInfo), value.infos115),
  golden('valid-path-info-1.16.bin', dialectCodec(plain(16), decodePathInfo, encodePathInfo), value.infos116),
  golden('client-handshake-info_1_30.bin', introduction(30), [{ nixVersion: '', trust: 'unknown' }]),
  golden('client-handshake-info_1_33.bin', introduction(33), [
    { nixVersion: 'foo', trust: 'unknown' },
    { nixVersion: 'bar', trust: 'unknown' },
  ]),
  golden('client-handshake-info_1_35.bin', introduction(35), [
    { nixVersion: 'foo', trust: 'not-trusted' },
    { nixVersion: 'bar', trust: 'trusted' },
  ]),
  golden('handshake-to-client.bin', uint, [DAEMON_MAGIC, 0x10a]),
];

const folders = [
  { folder: 'nix/libstore/worker-protocol', files: [...primitives, ...worker] },
  { folder: 'nix/libstore/common-protocol', files: primitives },
];

describeWithVectors('golden vectors of Nix', (vectors) => {
  describe.each(folders)('$folder', ({ folder, files }) => {
    it.each(files)('$file reads and writes', ({ file, check }) => {
      check(vectors.bytes(`${folder}/${file}`));
    });

    it('has no vector that this table leaves out', ({ expect }) => {
      const present = vectors.list(folder).filter((file) => file.endsWith('.bin'));
      expect(files.map(({ file }) => file).sort()).toEqual(present);
    });
  });
});
