import type { BuildResult, KeyedBuildResult } from '../../../src/nix/protocol/build-result.ts';
import { buildStatusNumber } from '../../../src/nix/protocol/build-status.ts';
import { formatDerivedPath } from '../../../src/nix/protocol/derived-path.ts';
import { OP } from '../../../src/nix/protocol/numbers.ts';
import type { MissingPaths } from '../../../src/nix/protocol/operations/queries.ts';
import type { PathInfo } from '../../../src/nix/protocol/path-info.ts';
import { baseName } from '../../../src/nix/store-path.ts';

type Recorded = Readonly<Record<string, unknown>>;

/** Puts what the client returned into the words of the recordings. */
export function asRecorded(opcode: number, value: unknown, hasCpu: boolean): unknown {
  switch (opcode) {
    case OP.isValidPath:
      return value === true ? 1 : 0;
    case OP.addToStore:
      return { ...infoAsRecorded(value as PathInfo), path: (value as PathInfo).path };
    case OP.queryPathInfo:
      return value === undefined ? null : infoAsRecorded(value as PathInfo);
    case OP.queryMissing:
      return missingAsRecorded(value as MissingPaths);
    case OP.queryDerivationOutputMap:
      return Object.fromEntries(value as ReadonlyMap<string, string>);
    case OP.narFromPath:
      return `hex:${(value as Buffer).toString('hex')}`;
    case OP.buildPathsWithResults:
      return (value as KeyedBuildResult[]).map(({ path, result }) =>
        Object.assign(resultAsRecorded(result, hasCpu), {
          path: formatDerivedPath(path, { minor: 38, features: new Set() }),
        }),
      );
    case OP.buildDerivation:
      return resultAsRecorded(value as BuildResult, hasCpu);
    case OP.buildPaths:
    case OP.ensurePath:
    case OP.addTempRoot:
      return 1;
    default:
      return value ?? null;
  }
}

function infoAsRecorded(info: PathInfo): Recorded {
  return {
    deriver: info.deriver ?? '',
    narHash: info.narHash,
    refs: info.references,
    regTime: info.registrationTime,
    narSize: info.narSizeBytes,
    ultimate: info.ultimate ? 1 : 0,
    sigs: info.signatures,
    ca: info.contentAddress ?? '',
  };
}

function missingAsRecorded(missing: MissingPaths): unknown {
  return {
    build: missing.willBuild,
    subst: missing.willSubstitute,
    unknown: missing.unknown,
    dl: missing.downloadSizeBytes,
    nar: missing.narSizeBytes,
  };
}

function resultAsRecorded(result: BuildResult, hasCpu: boolean): Recorded {
  const outputs = [...result.builtOutputs].map(([name, output]) => {
    const id = `${output.drvHash ?? ''}!${name}`;
    const outPath = baseName(output.outPath);
    return [id, { dependentRealisations: {}, id, outPath, signatures: output.signatures }] as const;
  });
  return {
    status: buildStatusNumber(result.status),
    err: result.errorMessage,
    timesBuilt: result.timesBuilt,
    nonDet: result.isNonDeterministic ? 1 : 0,
    start: result.startTimeSeconds,
    stop: result.stopTimeSeconds,
    ...(hasCpu && {
      cpuUser: result.cpuUserMicroseconds ?? null,
      cpuSystem: result.cpuSystemMicroseconds ?? null,
    }),
    built: Object.fromEntries(outputs),
  };
}
