import { DispatchError, toDispatchError } from '../../errors.ts';
import { sha256 } from '../../nix/hash/sha256.ts';
import { parseHostKeyBlob } from '../known-hosts/host-key.ts';
import { verifyHostKey } from '../known-hosts/verify-host-key.ts';
import type { SshLogin } from './login.ts';
import { verifySignature } from './verify-signature.ts';

/**
 * Judges the key or certificate that a host shows, at the start of a connection and whenever its keys are renewed: what was trusted
 * then stays so, though a certificate may have expired in the meantime.
 *
 * @returns of each key why it is refused, or undefined
 */
export function hostJudge(login: SshLogin): (blob: Buffer) => DispatchError | undefined {
  let trusted: Buffer | undefined;
  return (blob) => {
    if (trusted?.equals(blob) === true) return undefined;
    const refusal = judge(login, blob);
    if (refusal === undefined) trusted = Buffer.from(blob);
    return refusal;
  };
}

function judge(
  { name, host, trust, checking, onUnchecked }: SshLogin,
  blob: Buffer,
): DispatchError | undefined {
  const offered = parseHostKeyBlob(new Uint8Array(blob));
  if (offered === undefined)
    return new DispatchError('host-key', 'the host key cannot be read', { host: name });
  try {
    const verdict = verifyHostKey(trust, offered, { sha256, verifySignature, nowMs: Date.now() });
    if (verdict.kind === 'trusted') return undefined;
    if (checking === 'off' && verdict.kind === 'unknown') {
      onUnchecked?.(host, verdict.line);
      return undefined;
    }
    return new DispatchError('host-key', verdict.message, { host: name, hint: verdict.hint });
  } catch (error) {
    const { message } = toDispatchError(error, 'host-key');
    return new DispatchError('host-key', `${host} offered a host key that cannot be read: ${message}`, {
      host: name,
    });
  }
}
