import {
  decodeBool,
  decodeCount,
  decodeMap,
  decodeOptionalUint,
  decodeText,
  decodeUint,
} from '../wire/decode.ts';
import type { ByteQueue } from '../wire/byte-queue.ts';
import type { Decoding } from '../wire/decode.ts';
import type { WireWriter } from '../wire/encode.ts';
import { buildStatusNumber, parseBuildStatus } from './build-status.ts';
import type { BuildStatus } from './build-status.ts';
import { formatDerivedPath, parseDerivedPath } from './derived-path.ts';
import type { DerivedPath } from './derived-path.ts';
import {
  decodeUnkeyedRealisation,
  encodeUnkeyedRealisation,
  formatDrvOutput,
  formatRealisation,
  parseRealisation,
} from './realisation.ts';
import type { UnkeyedRealisation } from './realisation.ts';
import type { Dialect } from './version.ts';

/** An output as a build result names it. */
export interface BuiltOutput extends UnkeyedRealisation {
  /** `sha256:<hex>` of the derivation, undefined where the daemon has no such thing (Nix 2.35 and later). */
  readonly drvHash: string | undefined;
}

/** What became of one build (protocol §6.5). */
export interface BuildResult {
  readonly status: BuildStatus;
  /** `""` on success. Has ANSI colours and lines of the log; its wording decides nothing. */
  readonly errorMessage: string;
  /** A hint only: some versions always say 0 (protocol §12.1). */
  readonly timesBuilt: number;
  readonly isNonDeterministic: boolean;
  /** Unix seconds by the builder's clock; 0 when nothing ran, and always 0 from some versions. */
  readonly startTimeSeconds: number;
  readonly stopTimeSeconds: number;
  /** User and system CPU time, where the builder measures by cgroup. */
  readonly cpuUserMicroseconds: number | undefined;
  readonly cpuSystemMicroseconds: number | undefined;
  /** Output name to where it lies. */
  readonly builtOutputs: ReadonlyMap<string, BuiltOutput>;
}

/** What became of one of several things to build. */
export interface KeyedBuildResult {
  readonly path: DerivedPath;
  readonly result: BuildResult;
}

const TIMES_MINOR = 29;
const CPU_MINOR = 37;
const OUTPUTS_MINOR = 28;

/** What Nix 2.35 and later writes in place of a hash it does not have. */
const NO_DRV_HASH = `sha256:${'0'.repeat(64)}`;

/** Reads BuildResult. */
export function* decodeBuildResult(input: ByteQueue, dialect: Dialect): Decoding<BuildResult> {
  const status = parseBuildStatus(yield* decodeUint(input));
  const errorMessage = yield* decodeText(input);
  const hasTimes = dialect.minor >= TIMES_MINOR;
  const hasCpu = dialect.minor >= CPU_MINOR;
  return {
    status,
    errorMessage,
    timesBuilt: hasTimes ? yield* decodeUint(input) : 0,
    isNonDeterministic: hasTimes ? yield* decodeBool(input) : false,
    startTimeSeconds: hasTimes ? yield* decodeUint(input) : 0,
    stopTimeSeconds: hasTimes ? yield* decodeUint(input) : 0,
    cpuUserMicroseconds: hasCpu ? yield* decodeOptionalUint(input) : undefined,
    cpuSystemMicroseconds: hasCpu ? yield* decodeOptionalUint(input) : undefined,
    builtOutputs: yield* decodeBuiltOutputs(input, dialect),
  };
}

/** Writes BuildResult. */
export function encodeBuildResult(writer: WireWriter, result: BuildResult, dialect: Dialect): void {
  writer.uint(buildStatusNumber(result.status)).string(result.errorMessage);
  if (dialect.minor >= TIMES_MINOR) {
    writer.uint(result.timesBuilt).bool(result.isNonDeterministic);
    writer.uint(result.startTimeSeconds).uint(result.stopTimeSeconds);
  }
  if (dialect.minor >= CPU_MINOR) {
    writer.optionalUint(result.cpuUserMicroseconds).optionalUint(result.cpuSystemMicroseconds);
  }
  encodeBuiltOutputs(writer, result.builtOutputs, dialect);
}

/** Reads KeyedBuildResult. */
export function* decodeKeyedBuildResult(input: ByteQueue, dialect: Dialect): Decoding<KeyedBuildResult> {
  const path = parseDerivedPath(yield* decodeText(input), dialect);
  return { path, result: yield* decodeBuildResult(input, dialect) };
}

/** Writes KeyedBuildResult. */
export function encodeKeyedBuildResult(writer: WireWriter, keyed: KeyedBuildResult, dialect: Dialect): void {
  encodeBuildResult(writer.string(formatDerivedPath(keyed.path, dialect)), keyed.result, dialect);
}

const decodeOutputsByName = decodeMap(
  decodeText,
  function* decodeOutput(input: ByteQueue): Decoding<BuiltOutput> {
    return { ...(yield* decodeUnkeyedRealisation(input)), drvHash: undefined };
  },
);

function* decodeBuiltOutputs(input: ByteQueue, dialect: Dialect): Decoding<Map<string, BuiltOutput>> {
  if (dialect.features.has('realisation-with-path-not-hash')) return yield* decodeOutputsByName(input);
  const outputs = new Map<string, BuiltOutput>();
  if (dialect.minor < OUTPUTS_MINOR) return outputs;
  const count = yield* decodeCount(input);
  for (let index = 0; index < count; index += 1) {
    yield* decodeText(input); // the key, said again inside the JSON
    const { drv, outputName, outPath, signatures } = parseRealisation(yield* decodeText(input));
    outputs.set(outputName, { drvHash: drv === NO_DRV_HASH ? undefined : drv, outPath, signatures });
  }
  return outputs;
}

function encodeBuiltOutputs(
  writer: WireWriter,
  outputs: ReadonlyMap<string, BuiltOutput>,
  dialect: Dialect,
): void {
  if (dialect.features.has('realisation-with-path-not-hash')) {
    writer.list([...outputs], (out, [name, output]) => encodeUnkeyedRealisation(out.string(name), output));
    return;
  }
  if (dialect.minor < OUTPUTS_MINOR) return;
  writer.list([...outputs], (out, [outputName, { drvHash, outPath, signatures }]) => {
    const id = { drv: drvHash ?? NO_DRV_HASH, outputName };
    const realisation = { ...id, outPath, signatures, dependentRealisations: new Map() };
    const style = drvHash === undefined ? 'bare' : 'strings';
    out.string(formatDrvOutput(id)).string(formatRealisation(realisation, style));
  });
}
