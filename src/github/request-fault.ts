/** Why GitHub did not do what it was asked for. */
export type RequestFault =
  /** The token may not do it, or there is no such repository for it. */
  | { readonly kind: 'forbidden' }
  /** Too many requests; `pauseMs` is how long GitHub wants none. */
  | { readonly kind: 'limited'; readonly pauseMs: number }
  /** A fault of the network, of GitHub or of ours. */
  | { readonly kind: 'broken' };

/** GitHub asks for at least this long where it does not say how long. */
const shortestPauseMs = 60_000;

/**
 * Reads what octokit threw. GitHub answers 403 both for a lack of permission and for its limits; headers and the message tell
 * which it is.
 *
 * @param nowMs epoch milliseconds
 */
export function requestFault(error: unknown, nowMs: number): RequestFault {
  const status = field(error, 'status');
  if (status === 401 || status === 404) return { kind: 'forbidden' };
  if (status !== 403 && status !== 429) return { kind: 'broken' };
  const headers = field(field(error, 'response'), 'headers');
  const retryAfter = Number(field(headers, 'retry-after') ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return { kind: 'limited', pauseMs: retryAfter * 1000 };
  const reset = Number(field(headers, 'x-ratelimit-reset') ?? Number.NaN);
  if (field(headers, 'x-ratelimit-remaining') === '0' && Number.isFinite(reset)) {
    return { kind: 'limited', pauseMs: Math.max(0, reset * 1000 - nowMs) };
  }
  const isLimit = status === 429 || /rate limit/i.test(error instanceof Error ? error.message : '');
  return isLimit ? { kind: 'limited', pauseMs: shortestPauseMs } : { kind: 'forbidden' };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
