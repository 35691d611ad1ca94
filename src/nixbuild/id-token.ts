import { DispatchError } from '../errors.ts';

/** Who the token is for. */
const AUDIENCE = 'nixbuild.net';
const patienceMs = 10_000;

/** GitHub's tokens are good for five minutes. */
const freshMs = 180_000;

/** ID tokens of this job. Secret. */
export interface IdTokens {
  /** One that is good for a while yet, or where GitHub gives no new one the last. Never rejects. */
  current(): Promise<string>;
}

/**
 * Gets ready to give ID tokens, with the first in hand. One that an earlier step put into `NIXBUILDNET_OIDC_ID_TOKEN` is used where the job
 * can't have others.
 *
 * @throws DispatchError `input` where the job may not have one, `unreachable` where GitHub does not give it
 */
export async function openIdTokens(
  environment: NodeJS.ProcessEnv,
  now: () => number = () => performance.now(),
): Promise<IdTokens> {
  let token = await requestIdToken(environment);
  let gotAtMs = now();
  let renewing: Promise<string> | undefined;
  const renew = async (): Promise<string> => {
    try {
      token = await requestIdToken(environment);
      gotAtMs = now();
    } catch {
      // The service says best what it thinks of an old one.
    } finally {
      renewing = undefined;
    }
    return token;
  };
  return {
    current() {
      if (now() - gotAtMs < freshMs) return Promise.resolve(token);
      renewing ??= renew();
      return renewing;
    },
  };
}

async function requestIdToken(environment: NodeJS.ProcessEnv): Promise<string> {
  const url = environment['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const bearer = environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  const given = environment['NIXBUILDNET_OIDC_ID_TOKEN'] ?? '';
  if (url === '' || bearer === '') {
    if (given !== '') return given;
    throw new DispatchError('input', 'oidc is set, but this job may not ask for ID tokens', {
      hint: 'Give the job the permission id-token: write. The reusable workflow asks for contents: read only: use the action as a step.',
    });
  }
  try {
    const response = await fetch(`${url}&audience=${AUDIENCE}`, {
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      signal: AbortSignal.timeout(patienceMs),
    });
    const answer: unknown = response.ok ? await response.json() : undefined;
    const token =
      typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined;
    if (typeof token === 'string' && token !== '') return token;
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DispatchError('unreachable', `GitHub gave no ID token: ${why}`, { cause });
  }
}
