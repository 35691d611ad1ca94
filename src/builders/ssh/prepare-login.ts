import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DispatchError } from '../../errors.ts';
import { SSH_PORT, type Builder, type BuilderAddress } from '../builder.ts';
import { CONNECT_TIMEOUT_MS, KEEPALIVE_MS, type Credentials } from '../credentials.ts';
import { parseJump, type Jump } from '../ssh-config/jump.ts';
import type { LocalAccount, SshSettings } from '../ssh-config/ssh-settings.ts';
import { readSshConfiguration, type SshConfiguration } from './config-files.ts';
import { hostTrust, type KnownHostsSource } from './host-trust.ts';
import { findIdentities } from './identities.ts';
import type { SshLogin } from './login.ts';
import { revokedHostKeys } from './revoked-host-keys.ts';
import type { SessionPoolOptions } from './session-pool.ts';

type SshAddress = Extract<BuilderAddress, { kind: 'ssh' }>;

/** Hosts that lead to hosts that lead to hosts: more than anybody has, and an end for those that lead in a circle. */
const MAX_JUMPS = 8;

/** Where to log in, once the SSH configuration has had its say. */
interface LoginPlace {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly settings: SshSettings;
}

/** A login, and what has to be sent with every session. */
export interface PreparedLogin {
  readonly login: SshLogin;
  readonly environment: SessionPoolOptions['environment'];
}

/**
 * Everything that it takes to log in to a builder: the machine line first, then `NIX_SSHOPTS`, then the SSH configuration.
 *
 * @throws DispatchError `input` (configuration, key) or `authentication` (no key) that names the host
 */
export async function prepareLogin(
  builder: Builder,
  address: SshAddress,
  credentials: Credentials,
): Promise<PreparedLogin> {
  const configuration = readSshConfiguration(credentials.sshConfig ?? '', process.env);
  const place = placeFor(address, configuration, true);
  const { settings } = place;
  const { name } = builder;
  const context: Context = { name, credentials, configuration };
  const login = await loginTo(context, place, {
    keyFile: builder.keyFile,
    hostKey: builder.hostKey,
    jumps: settings.proxyJump,
    from: [address.host],
  });
  return {
    login: { ...login, compress: builder.parameters.compress || settings.compress },
    environment: environmentOf(settings, credentials),
  };
}

function environmentOf(settings: SshSettings, credentials: Credentials): SessionPoolOptions['environment'] {
  const { environment } = credentials;
  if (environment === undefined && Object.keys(settings.environment).length === 0) return undefined;
  return async () => ({ ...settings.environment, ...(await environment?.()) });
}

interface Context {
  readonly name: string;
  readonly credentials: Credentials;
  readonly configuration: SshConfiguration;
}

/** What belongs to one host of the way. */
interface Leg {
  readonly keyFile: string | undefined;
  readonly hostKey: Builder['hostKey'];
  /** Hosts to go through before it, in order. */
  readonly jumps: readonly string[];
  /** Hosts behind it, as they were written. */
  readonly from: readonly string[];
}

async function loginTo(context: Context, place: LoginPlace, leg: Leg): Promise<SshLogin> {
  const { name, credentials, configuration } = context;
  const { host, port, user, settings } = place;
  if (settings.proxyCommand !== undefined) {
    throw new DispatchError('input', `the SSH configuration wants to reach ${host} by ProxyCommand`, {
      host: name,
      hint: 'Commands are not run for connections: use ProxyJump, or a network that reaches the host.',
    });
  }
  if (user === '') {
    throw new DispatchError('input', `the user to log in to ${host} as is not known`, {
      host: name,
      hint: 'Name one in the machine line: ssh-ng://user@host.',
    });
  }
  const sources = await knownHostsSources(credentials.knownHosts, settings, configuration.account);
  const { hostKeyAlias } = settings;
  const identities = await findIdentities({
    name,
    keyFile: leg.keyFile,
    credentials,
    settings,
    account: configuration.account,
    environment: process.env,
  });
  return {
    name,
    host,
    port,
    user,
    identities,
    trust: hostTrust(
      hostKeyAlias ?? host,
      hostKeyAlias === undefined ? port : SSH_PORT,
      leg.hostKey,
      sources,
    ),
    // A key that is pinned says what is expected: that of nixbuild.net stands between its token and whoever answers.
    checking: leg.hostKey === undefined ? (credentials.hostKeyChecking ?? 'strict') : 'strict',
    onUnchecked: credentials.onUncheckedHost,
    connectTimeoutMs: credentials.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    keepaliveMs: credentials.keepaliveMs ?? KEEPALIVE_MS,
    compress: false,
    via: await jumpTo(context, leg),
  };
}

/** The last of the jumps is where the host is reached from; those before it lead there. */
async function jumpTo(context: Context, { jumps, from }: Leg): Promise<SshLogin | undefined> {
  const text = jumps.at(-1);
  if (text === undefined) return undefined;
  const jump = parseJump(text);
  if (jump === undefined) {
    throw new DispatchError('input', `${JSON.stringify(text)} is no host to jump through`, {
      host: context.name,
      hint: 'ProxyJump takes [user@]host[:port], several with commas.',
    });
  }
  // As with `Host *`, which means the jump host too: nobody is reached through himself.
  if (jumps.length === 1 && from.includes(jump.host)) return undefined;
  if (from.length > MAX_JUMPS) {
    throw new DispatchError('input', `the way to ${context.name} has more than ${MAX_JUMPS} jump hosts`, {
      host: context.name,
    });
  }
  const place = placeFor(jump, context.configuration, false);
  const before = jumps.slice(0, -1);
  return loginTo(context, place, {
    keyFile: undefined,
    hostKey: undefined,
    jumps: before.length > 0 ? before : place.settings.proxyJump,
    from: [...from, jump.host],
  });
}

function placeFor(
  { user, host, port }: Jump,
  configuration: SshConfiguration,
  isDestination: boolean,
): LoginPlace {
  const settings = configuration.settingsFor(host, user, isDestination);
  return {
    host: settings.hostName,
    port: port ?? settings.port ?? SSH_PORT,
    user: user ?? settings.user ?? configuration.account.user,
    settings,
  };
}

async function knownHostsSources(
  given: string,
  settings: SshSettings,
  account: LocalAccount,
): Promise<readonly KnownHostsSource[]> {
  const files = [
    ...(settings.userKnownHostsFiles ?? [join(account.home, '.ssh/known_hosts')]),
    ...(settings.globalKnownHostsFiles ?? ['/etc/ssh/ssh_known_hosts']),
  ];
  const texts = await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') })),
  );
  const { revokedHostKeysFile: revoked } = settings;
  return [
    { name: 'the input known_hosts', text: given },
    ...texts,
    ...(revoked === undefined ? [] : [await revokedHostKeys(revoked)]),
  ];
}
