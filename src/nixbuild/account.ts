import { randomUUID } from 'node:crypto';

import type { Builder } from '../builders/builder.ts';
import type { Credentials } from '../builders/credentials.ts';
import { describeTrouble, toDispatchError } from '../errors.ts';
import type { BuildReport } from '../report/run-report.ts';
import { fetchUsage } from './api.ts';
import { sessionEnvironment } from './environment.ts';
import { openIdTokens } from './id-token.ts';
import { isServiceBuilder, type NixbuildService } from './service.ts';
import { ranAt, withUsage } from './usage.ts';

/** An account for the time of one invocation. */
export interface NixbuildAccount {
  readonly service: NixbuildService;
  /** What the service wants of a login, in place of what the other builders get. Secret. */
  readonly credentials: Pick<Credentials, 'privateKey' | 'environment'>;
  /**
   * Adds what the service says that builds used. Never rejects: a usage that can't be had is a warning.
   *
   * @param builders of the run; what ran on others is left alone
   */
  addUsage(
    builds: readonly BuildReport[],
    builders: readonly Builder[],
    signal: AbortSignal,
  ): Promise<AddedUsage>;
}

/** Builds with their usage, or as they were with the reason. */
export interface AddedUsage {
  readonly builds: readonly BuildReport[];
  readonly warning: string | undefined;
}

/**
 * Prepares an account.
 *
 * @throws DispatchError when an ID token is wanted and can't be had
 */
export async function openAccount(
  service: NixbuildService,
  environment: NodeJS.ProcessEnv,
): Promise<NixbuildAccount> {
  const id = randomUUID();
  const idTokens = service.oidc ? await openIdTokens(environment) : undefined;
  const { token, apiUrl } = service;
  return {
    service,
    credentials: {
      privateKey: token === undefined ? service.privateKey : undefined,
      environment: async () =>
        sessionEnvironment(service, { id, environment, idToken: await idTokens?.current() }),
    },
    async addUsage(builds, builders, signal) {
      const theirs = builders.filter((builder) => isServiceBuilder(service, builder));
      const names = new Set(theirs.map(({ name }) => name));
      const expected = builds.filter((build) => ranAt(build, names)).map(({ drvPath }) => drvPath);
      if (token === undefined || expected.length === 0) return { builds, warning: undefined };
      try {
        const idToken = await idTokens?.current();
        const usage = await fetchUsage({ apiUrl, token, idToken, invocationId: id, expected, signal });
        return { builds: withUsage(builds, usage, names), warning: undefined };
      } catch (thrown) {
        return { builds, warning: describeTrouble(toDispatchError(thrown, 'unreachable')) };
      }
    },
  };
}
