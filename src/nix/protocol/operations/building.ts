import type { StorePath } from '../../store-path.ts';
import { decodeList } from '../../wire/decode.ts';
import { WireWriter } from '../../wire/encode.ts';
import { encodeBasicDerivation } from '../basic-derivation.ts';
import type { BasicDerivation } from '../basic-derivation.ts';
import { decodeBuildResult, decodeKeyedBuildResult } from '../build-result.ts';
import type { BuildResult, KeyedBuildResult } from '../build-result.ts';
import { formatDerivedPath } from '../derived-path.ts';
import type { DerivedPath } from '../derived-path.ts';
import { OP } from '../numbers.ts';
import type { Dialect } from '../version.ts';
import { decodeDone } from './operation.ts';
import type { Operation } from './operation.ts';

/** `repair` rebuilds what is damaged, `check` rebuilds and compares. Only trusted clients may ask for `repair`. */
export type BuildMode = 'normal' | 'repair' | 'check';

const BUILD_MODES: readonly BuildMode[] = ['normal', 'repair', 'check'];

/** The number that goes over the wire. */
export function buildModeNumber(mode: BuildMode): number {
  return BUILD_MODES.indexOf(mode);
}

/** The mode of a number, or undefined. */
export function parseBuildMode(number: number): BuildMode | undefined {
  return BUILD_MODES[number];
}

/** Op 36: builds this one derivation, whose inputs must all be valid there; the `.drv` itself need not be. */
export function buildDerivation(
  drvPath: StorePath,
  derivation: BasicDerivation,
  mode: BuildMode,
  dialect: Dialect,
): Operation<BuildResult> {
  const writer = new WireWriter().uint(OP.buildDerivation).string(drvPath);
  encodeBasicDerivation(writer, derivation);
  return {
    purpose: `building ${drvPath}`,
    request: writer.uint(buildModeNumber(mode)).finish(),
    reply: (input) => decodeBuildResult(input, dialect),
  };
}

/** Op 46. Results come in any order and some may be missing: match them by path (protocol §10.1). */
export function buildPathsWithResults(
  paths: readonly DerivedPath[],
  mode: BuildMode,
  dialect: Dialect,
): Operation<KeyedBuildResult[]> {
  return {
    purpose: describeBuild(paths, dialect),
    request: encodeBuildRequest(OP.buildPathsWithResults, paths, mode, dialect),
    reply: decodeList((input) => decodeKeyedBuildResult(input, dialect)),
  };
}

/** Op 9: succeeds as a whole or fails with the daemon's error. */
export function buildPaths(
  paths: readonly DerivedPath[],
  mode: BuildMode,
  dialect: Dialect,
): Operation<void> {
  return {
    purpose: describeBuild(paths, dialect),
    request: encodeBuildRequest(OP.buildPaths, paths, mode, dialect),
    reply: decodeDone,
  };
}

/** Op 10: substitutes the path where it is not valid yet. */
export function ensurePath(path: StorePath): Operation<void> {
  return {
    purpose: `making ${path} valid`,
    request: new WireWriter().uint(OP.ensurePath).string(path).finish(),
    reply: decodeDone,
  };
}

function encodeBuildRequest(
  opcode: number,
  paths: readonly DerivedPath[],
  mode: BuildMode,
  dialect: Dialect,
): Buffer {
  const texts = paths.map((path) => formatDerivedPath(path, dialect));
  return new WireWriter().uint(opcode).strings(texts).uint(buildModeNumber(mode)).finish();
}

function describeBuild(paths: readonly DerivedPath[], dialect: Dialect): string {
  const [first] = paths;
  if (first === undefined) return 'building nothing';
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return `building ${formatDerivedPath(first, dialect)}${others}`;
}
