import { setTimeout as sleep } from 'node:timers/promises';

import { DispatchError, toDispatchError } from '../errors.ts';
import { INVOCATION_TAG } from './environment.ts';
import { parseUsage, type UsageByDerivation } from './usage.ts';

/** Where and for whom usage is asked. */
export interface UsageQuestion {
  readonly apiUrl: string;
  /** Secret. */
  readonly token: string;
  /** Secret: ID token of the workflow, which a token may be worthless without. */
  readonly idToken: string | undefined;
  readonly invocationId: string;
  /** Derivations that were built there: their usage is waited for a little. */
  readonly expected: readonly string[];
  readonly signal: AbortSignal;
}

const mostBuilds = 10_000;
const patienceMs = 10_000;
/** What has just ended may not be in the books yet. */
const pausesMs = [500, 2000];

/**
 * Asks the service what the builds of an invocation used.
 *
 * @throws DispatchError `unreachable`, `authentication`, `timed-out` or `protocol`. The token is in no message.
 */
export async function fetchUsage(question: UsageQuestion): Promise<UsageByDerivation> {
  for (let attempt = 0; ; attempt++) {
    const usage = await askOnce(question);
    const pauseMs = pausesMs[attempt];
    if (pauseMs === undefined || question.expected.every((drvPath) => usage.has(drvPath))) return usage;
    await sleep(pauseMs, undefined, { signal: question.signal }).catch(() => {});
    if (question.signal.aborted) return usage;
  }
}

async function askOnce({
  apiUrl,
  token,
  idToken,
  invocationId,
  signal,
}: UsageQuestion): Promise<UsageByDerivation> {
  const url = new URL(`${apiUrl}/builds`);
  url.searchParams.set('tags', `${INVOCATION_TAG}:${invocationId}`);
  url.searchParams.set('limit', String(mostBuilds));
  const host = url.host;
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, {
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(idToken === undefined ? {} : { 'nixbuildnet-oidc-id-token': idToken }),
      },
      // The token is for this address only.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    answer = response.ok ? await response.json() : undefined;
  } catch (thrown) {
    const isLate = thrown instanceof Error && thrown.name === 'TimeoutError';
    const { cause } = toDispatchError(thrown, 'unreachable');
    const why = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
    throw isLate
      ? new DispatchError('timed-out', `${host} did not answer within ${patienceMs / 1000} s`, { host })
      : new DispatchError('unreachable', `${host} gave no usable answer${why}`, { host, cause: thrown });
  }
  if (response.status === 401 || response.status === 403) {
    throw new DispatchError('authentication', `${host} answered ${response.status} to the token`, {
      host,
      hint: 'The token needs the permission build:read.',
    });
  }
  const usage = response.ok ? parseUsage(answer) : undefined;
  if (usage !== undefined) return usage;
  throw new DispatchError(
    'protocol',
    `expected a list of builds from ${host}, got status ${response.status}`,
    {
      host,
    },
  );
}
