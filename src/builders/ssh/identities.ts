import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DispatchError, toDispatchError } from '../../errors.ts';
import type { Credentials } from '../credentials.ts';
import type { LocalAccount, SshSettings } from '../ssh-config/ssh-settings.ts';
import { readOwnCertificates, type OwnCertificate } from './own-certificates.ts';
import { readPrivateKey, type PrivateKey } from './private-key.ts';

/** Something to log in with. */
export type Identity =
  | { readonly kind: 'key'; readonly key: PrivateKey }
  /** A key that an authority vouches for. */
  | { readonly kind: 'certificate'; readonly key: PrivateKey; readonly certificate: OwnCertificate }
  /** Keys that never leave the agent behind this socket. */
  | { readonly kind: 'agent'; readonly socketPath: string };

/** Keys that ssh tries when it is told of none. */
const USUAL_FILES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Where to look for identities. */
export interface IdentitySources {
  /** The builder's, for errors. */
  readonly name: string;
  /** Of its machine line. */
  readonly keyFile: string | undefined;
  readonly credentials: Credentials;
  readonly settings: SshSettings;
  readonly account: LocalAccount;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * What to log in with, in the order in which it is tried: the machine line's key file, or the input ssh_key where none is named or that file
 * is not on this machine; the identity files of the SSH configuration; where nothing but these is given, the agent; where nothing at all
 * is, the agent and the usual files in ~/.ssh.
 *
 * @throws DispatchError `input` for a key that is named and cannot be used, `authentication` when there is nothing at all
 */
export async function findIdentities(sources: IdentitySources): Promise<readonly Identity[]> {
  const { name, keyFile, credentials, settings, account, environment } = sources;
  const given = await givenKey(name, keyFile, credentials);
  const configured = await usableKeys(settings.identityFiles ?? []);
  const keys = [...(given === undefined ? [] : [given]), ...configured.keys];
  const socketPath = agentSocket(settings, environment);
  const agent: readonly Identity[] = socketPath === undefined ? [] : [{ kind: 'agent', socketPath }];
  const usualFiles = USUAL_FILES.map((file) => join(account.home, '.ssh', file));
  const keyFiles = [...(keyFile === undefined ? [] : [keyFile]), ...(settings.identityFiles ?? usualFiles)];
  const certificates = await readOwnCertificates(
    [...settings.certificateFiles, ...keyFiles.map((file) => `${file}-cert.pub`)],
    Date.now(),
  );
  if (keys.length > 0) {
    const isAgentAsked = given === undefined && !settings.identitiesOnly;
    return [...withCertificates(keys, certificates), ...(isAgentAsked ? agent : [])];
  }
  // Services that know their users by a token let them in without.
  if (credentials.environment !== undefined) return [];
  const usual = settings.identityFiles === undefined ? await usableKeys(usualFiles) : configured;
  const found = [...agent, ...withCertificates(usual.keys, certificates)];
  if (found.length > 0) return found;
  if (configured.fault !== undefined) throw configured.fault;
  throw new DispatchError('authentication', `there is no private key to log in to ${name} with`, {
    host: name,
    hint: 'Set the input ssh_key, name a key file in the machine line, or start an ssh-agent. Pull requests from forks get no secrets. The input without_secrets says what to do then.',
  });
}

/** One line for people: what was tried. */
export function identitiesText(identities: readonly Identity[]): string {
  if (identities.length === 0) return 'without a key';
  return `with ${identities.map(labelOf).join(' or ')}`;
}

function labelOf(identity: Identity): string {
  switch (identity.kind) {
    case 'key':
      return `the key ${identity.key.label}`;
    case 'certificate':
      return `the certificate ${identity.certificate.label} of the key ${identity.key.label}`;
    case 'agent':
      return `the keys of the agent at ${identity.socketPath}`;
  }
}

async function givenKey(
  name: string,
  keyFile: string | undefined,
  { privateKey }: Credentials,
): Promise<PrivateKey | undefined> {
  if (keyFile !== undefined) {
    try {
      const text = await readFile(keyFile, 'utf8');
      return readPrivateKey(text, `the key file ${keyFile}`);
    } catch (cause) {
      if (cause instanceof DispatchError) throw cause;
      // Machines files are often written for a machine that has the keys, and taken to runners that get one as a secret.
      if (privateKey === undefined) {
        throw new DispatchError('input', `the key file ${keyFile} of ${name} cannot be read`, {
          host: name,
          hint: 'Machine lines name key files on the machine that runs this action. Where there are none, give the key by the input ssh_key.',
          cause,
        });
      }
    }
  }
  return privateKey === undefined ? undefined : readPrivateKey(privateKey, 'ssh_key');
}

/** Of files that may hold a key those that do; why the first of the others does not. */
async function usableKeys(
  files: readonly string[],
): Promise<{ readonly keys: readonly PrivateKey[]; readonly fault: DispatchError | undefined }> {
  const keys: PrivateKey[] = [];
  let fault: DispatchError | undefined;
  for (const file of files) {
    try {
      keys.push(readPrivateKey(await readFile(file, 'utf8'), `the identity file ${file}`));
    } catch (error) {
      fault ??= toDispatchError(error, 'input');
    }
  }
  return { keys, fault };
}

function agentSocket({ identityAgent }: SshSettings, environment: NodeJS.ProcessEnv): string | undefined {
  const { SSH_AUTH_SOCK: usual } = environment;
  const socket = identityAgent === undefined || identityAgent === 'SSH_AUTH_SOCK' ? usual : identityAgent;
  const path = socket?.startsWith('$') === true ? environment[socket.slice(1)] : socket;
  return path === undefined || path === '' || path.toLowerCase() === 'none' ? undefined : path;
}

/** Each key once, after the certificates that there are for it. */
function withCertificates(
  keys: readonly PrivateKey[],
  certificates: readonly OwnCertificate[],
): readonly Identity[] {
  const once = keys.filter(({ label }, index) => keys.findIndex((key) => key.label === label) === index);
  return once.flatMap((key): Identity[] => [
    ...certificates
      .filter(({ publicLine }) => publicLine === key.publicLine)
      .map((certificate) => ({ kind: 'certificate', key, certificate }) as const),
    { kind: 'key', key },
  ]);
}
