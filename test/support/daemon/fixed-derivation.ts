import { createHash } from 'node:crypto';
import { formatDerivation } from '../../../src/nix/derivation/format.ts';
import type { Derivation } from '../../../src/nix/derivation/derivation.ts';
import { toBasicDerivation } from '../../../src/nix/derivation/basic-derivation.ts';
import { sha256 } from '../../../src/nix/hash/sha256.ts';
import { storePathOf } from '../../../src/nix/hash/store-path-of.ts';
import type { BasicDerivation } from '../../../src/nix/protocol/basic-derivation.ts';
import type { StorePath } from '../../../src/nix/store-path.ts';
import type { PathInfo } from '../../../src/nix/protocol/path-info.ts';
import { formatContentAddress } from '../../../src/nix/hash/content-address.ts';

/** A derivation whose output's path follows from its text, so that anybody may build it. */
export interface FixedDerivation {
  readonly drvPath: StorePath;
  /** The `.drv` file. */
  readonly drv: Uint8Array;
  readonly basic: BasicDerivation;
  readonly outPath: StorePath;
}

/** Makes a derivation that runs a script for /bin/sh and must leave exactly `output` in $out. */
export function fixedDerivation(name: string, script: string, output: string): FixedDerivation {
  const hash = { algorithm: 'sha256', bytes: sha256(Buffer.from(output)) } as const;
  const outPath = storePathOf(sha256, { method: 'flat', hash }, { name });
  const derivation: Derivation = {
    name,
    outputs: new Map([['out', { kind: 'fixed', path: outPath, method: 'flat', hash }]]),
    inputDerivations: new Map(),
    dynamicInputs: new Map(),
    inputSources: [],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: ['-c', script],
    environment: new Map([
      ['name', name],
      ['out', outPath],
      ['outputHash', Buffer.from(hash.bytes).toString('hex')],
      ['outputHashAlgo', 'sha256'],
    ]),
    isDynamic: false,
  };
  const drv = formatDerivation(derivation);
  const text = { algorithm: 'sha256', bytes: sha256(drv) } as const;
  return {
    drv,
    outPath,
    drvPath: storePathOf(sha256, { method: 'text', hash: text }, { name: `${name}.drv` }),
    basic: toBasicDerivation(derivation, []),
  };
}

/** Path info of a NAR taken as a source: its path follows from its bytes, so that every daemon takes it. */
export function sourceInfo(name: string, nar: Uint8Array, references: readonly StorePath[] = []): PathInfo {
  const narHash = createHash('sha256').update(nar).digest();
  const address = { method: 'nar', hash: { algorithm: 'sha256', bytes: narHash } } as const;
  return {
    path: storePathOf(sha256, address, { name, references }),
    deriver: undefined,
    narHash: narHash.toString('hex'),
    references,
    registrationTime: 0,
    narSizeBytes: nar.byteLength,
    ultimate: false,
    signatures: [],
    contentAddress: formatContentAddress(address),
  };
}
