import { DispatchError } from '../errors.ts';

/** Who the token is for. */
const AUDIENCE = 'nixbuild.net';
const patienceMs = 10_000;

/**
 * Asks GitHub for an ID token of this job; one that an earlier step put into `NIXBUILDNET_OIDC_ID_TOKEN` is taken instead.
 *
 * @throws DispatchError `input` where the job may not have one, `unreachable` where GitHub does not give it
 */
export async function requestIdToken(environment: NodeJS.ProcessEnv): Promise<string> {
  const given = environment['NIXBUILDNET_OIDC_ID_TOKEN'] ?? '';
  if (given !== '') return given;
  const url = environment['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const bearer = environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  if (url === '' || bearer === '') {
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
