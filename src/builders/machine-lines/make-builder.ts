import { decodeBase64 } from '../../nix/hash/hash.ts';
import type { Builder } from '../builder.ts';
import { parseHostKeyLine } from '../known-hosts/host-key.ts';
import type { HostKey } from '../known-hosts/host-key.ts';
import { addressText } from '../builder.ts';
import { parseStoreUri } from './store-uri.ts';

/** A machine's values before they are checked, as a machine line and a TOML table both give them. */
export interface MachineDescription extends Pick<
  Builder,
  'uri' | 'systems' | 'keyFile' | 'maxJobs' | 'mandatoryFeatures'
> {
  /** 0 means 1 (protocol §13.2). */
  readonly speedFactor: number;
  /** The mandatory ones may be missing. */
  readonly supportedFeatures: readonly string[];
  /** A public key line, decoded. */
  readonly hostKeyLine: string | undefined;
}

const URI_COLUMN = 1;

/** Column to report faults of the host key against. */
export const HOST_KEY_COLUMN = 8;

/** Makes a builder, or reports why it cannot be one. Its name may still be that of another. */
export function makeBuilder(
  description: MachineDescription,
  fault: (column: number, message: string) => void,
): Builder | undefined {
  const uri = parseStoreUri(description.uri, (message) => fault(URI_COLUMN, message));
  if (uri === undefined) return undefined;
  const hostKeyLine = description.hostKeyLine ?? decodeKeyLine(uri.hostKeyBase64, URI_COLUMN, fault);
  const column = description.hostKeyLine === undefined ? URI_COLUMN : HOST_KEY_COLUMN;
  return {
    name: addressText(uri.address),
    uri: description.uri,
    address: uri.address,
    systems: description.systems,
    keyFile: description.keyFile ?? uri.keyFile,
    maxJobs: description.maxJobs,
    speedFactor: description.speedFactor === 0 ? 1 : description.speedFactor,
    supportedFeatures: [...new Set([...description.supportedFeatures, ...description.mandatoryFeatures])],
    mandatoryFeatures: description.mandatoryFeatures,
    hostKey: readHostKey(hostKeyLine, (message) => fault(column, message)),
    parameters: uri.parameters,
  };
}

/** Decodes base64 of a public key line, as machine lines have it. */
export function decodeKeyLine(
  base64: string | undefined,
  column: number,
  fault: (column: number, message: string) => void,
): string | undefined {
  if (base64 === undefined) return undefined;
  const bytes = decodeBase64(base64);
  if (bytes === undefined) {
    fault(column, 'expected base64 of a public host key line (base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub)');
    return undefined;
  }
  return new TextDecoder().decode(bytes);
}

function readHostKey(line: string | undefined, fault: (message: string) => void): HostKey | undefined {
  if (line === undefined) return undefined;
  const key = parseHostKeyLine(line);
  if (typeof key !== 'string') return key;
  fault(key);
  return undefined;
}
