import ssh2 from 'ssh2';
import type { AgentAuthMethod, NoAuthMethod, ParsedKey, PublicKeyAuthMethod } from 'ssh2';
import type { HostKey } from '../known-hosts/host-key.ts';
import type { SshLogin } from './login.ts';

type AuthMethod = AgentAuthMethod | NoAuthMethod | PublicKeyAuthMethod;

/** What a client is to try, one after the other. */
export interface AuthMethods {
  readonly methods: AuthMethod[];
  /** What is to be sent in place of some of the keys. */
  readonly certificates: ReadonlyMap<ParsedKey, HostKey>;
}

/** The ways to log in, as ssh2 wants them. Secret. */
export function authMethods({ user: username, identities }: SshLogin): AuthMethods {
  const certificates = new Map<ParsedKey, HostKey>();
  if (identities.length === 0) return { methods: [{ type: 'none', username }], certificates };
  const methods = identities.map((identity): AuthMethod => {
    if (identity.kind === 'agent') return { type: 'agent', username, agent: identity.socketPath };
    const { text } = identity.key;
    if (identity.kind === 'key') return { type: 'publickey', username, key: text };
    const parsed = ssh2.utils.parseKey(text);
    if (parsed instanceof Error) throw parsed;
    certificates.set(parsed, identity.certificate.blob);
    return { type: 'publickey', username, key: parsed };
  });
  return { methods, certificates };
}
