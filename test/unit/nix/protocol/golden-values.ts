import { parseStorePath } from '../../../../src/nix/store-path.ts';
import type { BuildResult, BuiltOutput } from '../../../../src/nix/protocol/build-result.ts';
import { resultWith } from '../../../support/daemon/build-result.ts';
import type { PathInfo, UnkeyedPathInfo } from '../../../../src/nix/protocol/path-info.ts';

const HASH = 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q';

/** `/nix/store/g1w7…-<name>`, the path that most vectors use. */
export const gPath = (name: string) => parseStorePath(`/nix/store/${HASH}-${name}`);
const yPath = (name: string) => parseStorePath(`/nix/store/g1w7hyyyy1w7hy3qg1w7hy3qgqqqqy3q-${name}`);
const nPath = parseStorePath('/nix/store/n5wkd9frr45pa74if5gpz9j7mifg27fh-foo');

export const H1 = '15e3c560894cbb27085cf65b5a2ecb18488c999497f4531b6907a7581ce6d527';
export const H2 = '6f869f9ea2823bda165e06076fd0de4366dead2c0e8d2dbbad277d4f15c373f5';
export const CA = 'fixed:r:sha256:1lr187v6dck1rjh2j6svpikcfz53wyl3qrlcbb405zlh13x0khhh';

const signature = (key: string): string => `${key}:${'A'.repeat(86)}==`;

const builtOutputs = (drvHash: string | undefined): ReadonlyMap<string, BuiltOutput> =>
  new Map([
    ['bar', { drvHash, outPath: gPath('bar'), signatures: [] }],
    ['foo', { drvHash, outPath: gPath('foo'), signatures: [] }],
  ]);

const rejected = resultWith({ status: 'output-rejected', errorMessage: 'no idea why' });
const differing = resultWith({ status: 'not-deterministic', errorMessage: 'no idea why' });
const times = { startTimeSeconds: 30, stopTimeSeconds: 50 };

export const results127 = [rejected, differing, resultWith({})];
export const results128 = [rejected, differing, resultWith({ builtOutputs: builtOutputs(`sha256:${H2}`) })];
const differing129: BuildResult = { ...differing, timesBuilt: 3, isNonDeterministic: true, ...times };
const built129 = (drvHash: string | undefined): BuildResult =>
  resultWith({ timesBuilt: 1, ...times, builtOutputs: builtOutputs(drvHash) });

export const results129 = [rejected, differing129, built129(`sha256:${H2}`)];
export const results129Compat = [rejected, differing129, built129(undefined)];
const cpu = { cpuUserMicroseconds: 500_000_000, cpuSystemMicroseconds: 604_000_000 };
export const results137 = [rejected, differing129, { ...built129(`sha256:${H2}`), ...cpu }];
export const resultsFeature = [rejected, differing129, { ...built129(undefined), ...cpu }];
export const keyedResults129 = [
  { path: { kind: 'opaque' as const, path: gPath('xxx') }, result: rejected },
  { path: { kind: 'built' as const, drvPath: gPath('bar.drv'), outputs: ['out'] }, result: differing129 },
];

const unkeyed = (more: Partial<UnkeyedPathInfo>): UnkeyedPathInfo => ({
  deriver: undefined,
  narHash: H1,
  references: [],
  registrationTime: 23_423,
  narSizeBytes: 34_878,
  ultimate: false,
  signatures: [],
  contentAddress: undefined,
  ...more,
});

export const unkeyedInfos115 = [
  unkeyed({}),
  unkeyed({ deriver: gPath('bar.drv'), references: [yPath('foo.drv')] }),
];

const withReferences = unkeyed({
  deriver: gPath('bar.drv'),
  references: [gPath('bar'), yPath('foo')],
});

export const infos115: PathInfo[] = [
  { path: gPath('bar'), ...unkeyed({}) },
  { path: gPath('bar'), ...withReferences },
];

export const infos116: PathInfo[] = [
  { path: gPath('bar'), ...unkeyed({ ultimate: true }) },
  {
    path: gPath('bar'),
    ...withReferences,
    signatures: [signature('fake-sig-1'), signature('fake-sig-2')],
  },
  { path: nPath, ...unkeyed({ references: [gPath('bar'), nPath], contentAddress: CA }) },
];

const realisation = {
  drv: `sha256:${H1}`,
  outputName: 'baz',
  outPath: gPath('foo'),
  dependentRealisations: new Map<string, ReturnType<typeof gPath>>(),
};
const signatures = [signature('asdf'), signature('qwer')];

export const realisations = [
  { ...realisation, signatures: [] },
  { ...realisation, signatures },
];
export const realisationsWithDependencies = [
  {
    ...realisation,
    signatures,
    dependentRealisations: new Map([[`sha256:${H2}!quux`, gPath('foo')]]),
  },
];
export const unkeyedRealisations = [{ outPath: gPath('foo'), signatures }] as const;
