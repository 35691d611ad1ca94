import { parseBuilders } from '../builders/machine-lines/parse-builders.ts';
import type { Builder } from '../builders/builder.ts';
import { toDispatchError } from '../errors.ts';
import { decodeBase64 } from '../nix/hash/hash.ts';
import { fault, value, type Parsed } from './parsed.ts';

/** A store that what was built is pushed to. `name` is what people are told of it: the URI without its parameters. */
export type PushTarget =
  /** A Nix host, logged in to as builders are. */
  | { readonly kind: 'ssh'; readonly name: string; readonly builder: Builder }
  /** Any other that Nix can write: a folder, a bucket, a web server. */
  | { readonly kind: 'nix'; readonly name: string; readonly uri: string }
  | ToolTarget;

/** A service that its own program writes. */
export interface ToolTarget {
  readonly kind: 'tool';
  readonly name: string;
  readonly tool: 'attic' | 'cachix';
  /** As the program calls it: `ours`, or `server:ours` of attic. */
  readonly cache: string;
}

/** A secret key of Nix, as `nix key generate-secret` prints it. */
export interface SigningKey {
  /** Name of its public half in `trusted-public-keys`. */
  readonly name: string;
  /** Secret: the whole text. */
  readonly text: string;
  /** Secret: ed25519 seed, 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

const SECRET_KEY_BYTES = 64;

/** Store URIs, `cachix:CACHE` and `attic:CACHE`, separated by blanks or line ends. */
export function parsePushTargets(text: string): Parsed<readonly PushTarget[]> {
  const targets: PushTarget[] = [];
  const faults: string[] = [];
  for (const word of new Set(text.split(/\s+/).filter((part) => part !== ''))) {
    const target = parseTool(word) ?? parseStore(word);
    if (typeof target === 'string') faults.push(target);
    else targets.push(target);
  }
  if (faults.length === 0) return value(targets);
  return fault(
    'store URIs such as s3://bucket?region=eu-west-1, cachix:CACHE or attic:SERVER:CACHE',
    faults.join(', '),
  );
}

// Names go into the arguments of a program, where none may look like an option.
const cacheName = String.raw`\w[\w.-]*`;
const toolTarget = new RegExp(`^(?:(cachix):(${cacheName})|(attic):(${cacheName}(?::${cacheName})?))$`);

function parseTool(word: string): PushTarget | undefined {
  const [name, cachix, cachixCache = '', attic, atticCache = ''] = toolTarget.exec(word) ?? [];
  if (name === undefined) return undefined;
  if (cachix !== undefined) return { kind: 'tool', name, tool: 'cachix', cache: cachixCache };
  return attic === undefined ? undefined : { kind: 'tool', name, tool: 'attic', cache: atticCache };
}

function parseStore(uri: string): PushTarget | string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return JSON.stringify(uri);
  // It would be told to everybody who reads the log.
  if (/^[^/]*\/\/[^/@]*:[^/@]*@/.test(uri))
    return `a URI with a password in it (${scheme}://…): use netrc-file in nix_conf`;
  if (scheme !== 'ssh' && scheme !== 'ssh-ng') return { kind: 'nix', name: uri.replace(/\?.*/s, ''), uri };
  try {
    const [builder] = parseBuilders(uri.replace(/;.*/s, ''), () => undefined);
    return builder === undefined ? JSON.stringify(uri) : { kind: 'ssh', name: builder.name, builder };
  } catch (error) {
    return toDispatchError(error, 'input').message;
  }
}

/** A secret key of Nix. Empty is none. */
export function parseSigningKey(text: string): Parsed<SigningKey | undefined> {
  if (text === '') return value(undefined);
  const [, name, encoded = ''] = /^([^\s:]+):(\S+)$/.exec(text) ?? [];
  const bytes = decodeBase64(encoded);
  if (name === undefined || bytes?.length !== SECRET_KEY_BYTES) {
    return fault('a secret key as `nix key generate-secret --key-name NAME` prints it');
  }
  return value({ name, text, seed: bytes.slice(0, 32), publicKey: bytes.slice(32) });
}
