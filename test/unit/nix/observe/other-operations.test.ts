import { expect, it } from 'vitest';
import { decodeRequestHead } from '../../../../src/nix/observe/requests.ts';
import * as adding from '../../../../src/nix/protocol/operations/adding.ts';
import * as queries from '../../../../src/nix/protocol/operations/queries.ts';
import * as roots from '../../../../src/nix/protocol/operations/roots.ts';
import { setOptions } from '../../../../src/nix/protocol/operations/settings.ts';
import type { PathInfo } from '../../../../src/nix/protocol/path-info.ts';
import type { Dialect } from '../../../../src/nix/protocol/version.ts';
import { parseStorePath } from '../../../../src/nix/store-path.ts';
import { ByteQueue } from '../../../../src/nix/wire/byte-queue.ts';

const path = parseStorePath('/nix/store/00000000000000000000000000000001-made');
const other = parseStorePath('/nix/store/00000000000000000000000000000002-other');
const drvPath = parseStorePath('/nix/store/00000000000000000000000000000000-made.drv');
const dialect: Dialect = { minor: 38, features: new Set() };
const info: PathInfo = {
  path,
  deriver: drvPath,
  narHash: '0'.repeat(64),
  references: [path, other],
  registrationTime: 1,
  narSizeBytes: 120,
  ultimate: false,
  signatures: ['key:AAAA'],
  contentAddress: undefined,
};
const options = { dontCheckSignatures: true };

// The client of this project asks; whoever listens has to find the end of each request.
const requests = {
  isValidPath: queries.isValidPath(path),
  queryValidPaths: queries.queryValidPaths([path, other], { substitute: true }),
  querySubstitutablePaths: queries.querySubstitutablePaths([path, other]),
  querySubstitutablePathInfos: queries.querySubstitutablePathInfos([path, other]),
  queryMissing: queries.queryMissing([{ kind: 'built', drvPath, outputs: 'all' }], dialect),
  queryDerivationOutputMap: queries.queryDerivationOutputMap(drvPath),
  queryPathFromHashPart: queries.queryPathFromHashPart('0'.repeat(32)),
  addToStore: adding.addToStore({ name: 'made', method: 'text:sha256', references: [other] }, dialect),
  addToStoreNar: adding.addToStoreNar(info, options, dialect),
  addMultipleToStore: adding.addMultipleToStore(2, options),
  addBuildLog: adding.addBuildLog(drvPath),
  addSignatures: adding.addSignatures(path, ['key:AAAA', 'other:BBBB']),
  addTempRoot: roots.addTempRoot(path),
  addIndirectRoot: roots.addIndirectRoot('/tmp/result'),
  addPermRoot: roots.addPermRoot(path, '/tmp/result'),
  findRoots: roots.findRoots(),
  collectGarbage: roots.collectGarbage({ action: 'delete-specific', paths: [path] }),
  setOptions: setOptions({ overrides: new Map([['timeout', '60']]) }),
};
const framed = new Set(['addToStore', 'addToStoreNar', 'addMultipleToStore', 'addBuildLog']);

it.each(Object.entries(requests))('a request is stepped over to its end: %s', (name, { request }) => {
  const input = new ByteQueue();
  input.push(request);
  const { done, value } = decodeRequestHead(input, dialect).next();
  expect({ done, unread: input.length }).toEqual({ done: true, unread: 0 });
  expect(value).toMatchObject({ request: { kind: 'other' }, isFramed: framed.has(name) });
});
