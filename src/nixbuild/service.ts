import type { PriceRule } from '../accounting/prices.ts';
import { DEFAULT_PARAMETERS, SSH_PORT, type Builder } from '../builders/builder.ts';
import type { HostKey } from '../builders/known-hosts/host-key.ts';

/** An account of nixbuild.net, or of a deployment of one's own, as the inputs describe it. Secrets are in here. */
export interface NixbuildService {
  readonly host: string;
  readonly port: number;
  /** The only key that the host may show. */
  readonly hostKey: HostKey;
  /** Address of its HTTP API, without a slash at its end. */
  readonly apiUrl: string;
  /** Secret. It logs in by itself, and asks the HTTP API. */
  readonly token: string | undefined;
  /** Secret: private key as text, used where there is no token. */
  readonly privateKey: string | undefined;
  /** Its own settings (`max-cpu`) by name. */
  readonly settings: ReadonlyMap<string, string>;
  /** Tags of builds besides the automatic ones. */
  readonly tags: ReadonlyMap<string, string>;
  /** Sends an ID token of the workflow along. */
  readonly oidc: boolean;
}

/** What the service offers each system, as its own documentation has it in machine lines. */
const OFFERS: readonly { readonly system: string; readonly features: readonly string[] }[] = [
  { system: 'x86_64-linux', features: ['big-parallel', 'benchmark', 'kvm', 'nixos-test'] },
  { system: 'aarch64-linux', features: ['big-parallel', 'benchmark'] },
];
const MAX_JOBS = 200;

/** Who logs in with a token; with a key any name does. */
const TOKEN_USER = 'authtoken';
const KEY_USER = 'nixbuild';

/** The price that nixbuild.net listed in November 2025: 0.12 EUR. */
const PRICE_EUR_PER_CPU_HOUR = 120_000_000n;

/** The service as builders, one for each system. */
export function serviceBuilders(service: NixbuildService): readonly Builder[] {
  const { host, port } = service;
  const named = port === SSH_PORT ? host : `${host}:${port}`;
  return OFFERS.map(({ system, features }) =>
    asServiceBuilder(service, {
      name: `${system}@${named}`,
      uri: `ssh-ng://${named}`,
      address: { kind: 'ssh', user: undefined, host, port },
      systems: [system],
      keyFile: undefined,
      maxJobs: MAX_JOBS,
      speedFactor: 1,
      supportedFeatures: features,
      mandatoryFeatures: [],
      hostKey: undefined,
      parameters: DEFAULT_PARAMETERS,
    }),
  );
}

/** Whether a builder is the service, whoever wrote its machine line. */
export function isServiceBuilder(
  { host, port }: NixbuildService,
  { address }: Pick<Builder, 'address'>,
): boolean {
  return address.kind === 'ssh' && address.host.toLowerCase() === host && (address.port ?? SSH_PORT) === port;
}

/** A machine line of the service with all that it leaves unsaid: user, host key, and that it schedules by itself. */
export function asServiceBuilder(service: NixbuildService, builder: Builder): Builder {
  const { address, parameters } = builder;
  if (address.kind !== 'ssh') return builder;
  const user = service.token === undefined ? (address.user ?? KEY_USER) : TOKEN_USER;
  return {
    ...builder,
    address: { ...address, user },
    hostKey: builder.hostKey ?? service.hostKey,
    parameters: {
      ...parameters,
      granularity: parameters.granularity ?? 'closure',
      trusted: parameters.trusted ?? false,
    },
  };
}

/** What the service costs unless the inputs say otherwise; nothing is known of other currencies and deployments. */
export function servicePrices({ host }: NixbuildService, currency: string): readonly PriceRule[] {
  if (currency !== 'EUR' || !host.endsWith('.nixbuild.net')) return [];
  return [{ pattern: host, perHour: PRICE_EUR_PER_CPU_HOUR, unit: 'cpu-hour' }];
}
