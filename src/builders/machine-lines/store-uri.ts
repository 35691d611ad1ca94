import { DEFAULT_PARAMETERS } from '../builder.ts';
import type { BuilderAddress, BuilderParameters } from '../builder.ts';
import { applyParameter } from './parameters.ts';
import type { UriSettings } from './parameters.ts';

/** What a store URI says (protocol §13.3). */
export interface StoreUri {
  readonly address: BuilderAddress;
  readonly parameters: BuilderParameters;
  /** From the URI's own `ssh-key`, which a machine line's column overrides. */
  readonly keyFile: string | undefined;
  /** From `base64-ssh-public-host-key`, still encoded. */
  readonly hostKeyBase64: string | undefined;
}

/** Words that mean this machine's own daemon. */
const LOCAL_WORDS = new Set(['local', 'auto', 'daemon']);

const UNIX_SOCKET = '/nix/var/nix/daemon-socket/socket';

/** Reads a store URI, or tells what is wrong with it; `faults` get every wrong parameter. */
export function parseStoreUri(text: string, fault: (message: string) => void): StoreUri | undefined {
  const [, body = '', query = ''] = /^([^?]*)(?:\?(.*))?$/s.exec(text) ?? [];
  const settings: UriSettings = { ...DEFAULT_PARAMETERS, keyFile: undefined, hostKeyBase64: undefined };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(body)?.[1]?.toLowerCase();
  const settled = readQuery(query, settings, fault, scheme === undefined || scheme === 'ssh');
  const address = readAddress(body, scheme, fault);
  if (address === undefined) return undefined;
  const { keyFile, hostKeyBase64, ...parameters } = settled;
  return {
    address: isThisMachine(address, parameters) ? { kind: 'local' } : address,
    parameters,
    keyFile,
    hostKeyBase64,
  };
}

/** Nix and Hydra log in to no `localhost`: the former starts the program there without ssh, the latter builds by itself. */
function isThisMachine(address: BuilderAddress, { remoteProgram, remoteStore }: BuilderParameters): boolean {
  if (address.kind !== 'ssh' || remoteProgram !== undefined || remoteStore !== undefined) return false;
  return address.host === 'localhost' && address.user === undefined && address.port === undefined;
}

function readAddress(
  body: string,
  scheme: string | undefined,
  fault: (message: string) => void,
): BuilderAddress | undefined {
  if (LOCAL_WORDS.has(body)) return { kind: 'local' };
  const rest = scheme === undefined ? body : body.slice(scheme.length + '://'.length);
  switch (scheme) {
    case undefined:
      if (!body.includes('/')) return readAuthority(body, fault);
      break;
    case 'ssh':
    case 'ssh-ng':
      return readAuthority(rest.replace(/\/$/, ''), fault);
    case 'unix':
      return { kind: 'unix', socketPath: rest === '' ? UNIX_SOCKET : decode(rest) };
    case 'daemon':
    case 'local':
    case 'auto':
      if (rest === '') return { kind: 'local' };
      break;
    default:
      break;
  }
  fault(`expected ssh-ng://[user@]host[:port], ssh://…, unix://… or local, got ${JSON.stringify(body)}`);
  return undefined;
}

function readAuthority(authority: string, fault: (message: string) => void): BuilderAddress | undefined {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : decode(authority.slice(0, at));
  const hostAndPort = authority.slice(at + 1);
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\](?::(.*))?$/.exec(hostAndPort) ?? [];
  // Two colons without brackets: an IPv6 address, which then has no port (newer Nix reads it so too).
  const [, plain = hostAndPort, plainPort] = /^([^:]*):([^:]*)$/.exec(hostAndPort) ?? [];
  const host = decode(bracketed ?? plain);
  const port = readPort(bracketed === undefined ? plainPort : bracketedPort, fault);
  if (!/^[^\s/[\]]+$/.test(host) || user === '' || host.startsWith('-')) {
    fault(`expected [user@]host[:port], got ${JSON.stringify(authority)}`);
    return undefined;
  }
  return port === 'wrong' ? undefined : { kind: 'ssh', user, host, port };
}

function readPort(text: string | undefined, fault: (message: string) => void): number | 'wrong' | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  fault(`expected a port from 1 to 65535 after the host, got ${JSON.stringify(text)}`);
  return 'wrong';
}

function readQuery(
  query: string,
  settings: UriSettings,
  fault: (message: string) => void,
  isServeScheme: boolean,
): UriSettings {
  let settled = settings;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    settled = applyParameter(settled, name, value, fault, isServeScheme);
  }
  return settled;
}

/** Percent-decodes; a stray `%`, as in an IPv6 zone, stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return text;
  }
}
