import { readFile } from 'node:fs/promises';
import { DispatchError } from '../../errors.ts';
import { parseHostKeyLine } from '../known-hosts/host-key.ts';
import type { KnownHostsSource } from './host-trust.ts';

/** How OpenSSH's revocation lists begin, which are no text (PROTOCOL.krl). */
const KRL_START = 'SSHKRL\n';

/**
 * The keys of `RevokedHostKeys` as lines of known_hosts that revoke them for every host. What can't be read is refused, since it may name
 * any key; ssh does so too.
 *
 * @throws DispatchError `input` naming the file
 */
export async function revokedHostKeys(file: string): Promise<KnownHostsSource> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DispatchError('input', `the file ${file}, which RevokedHostKeys names, cannot be read`, {
      hint: 'No host is trusted without it.',
      cause,
    });
  });
  if (text.startsWith(KRL_START)) {
    throw new DispatchError('input', `${file}, which RevokedHostKeys names, is a binary revocation list`, {
      hint: 'Name a file of public keys instead, one a line.',
    });
  }
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const damaged = keys.find((line) => typeof parseHostKeyLine(line) === 'string');
  if (damaged !== undefined) {
    throw new DispatchError('input', `line ${lines.indexOf(damaged) + 1} of ${file} is no public key`, {
      hint: 'RevokedHostKeys names a file of public keys, one a line.',
    });
  }
  return { name: file, text: keys.map((line) => `@revoked * ${line}`).join('\n') };
}
