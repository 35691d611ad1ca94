/**
 * What a failure that may be its machine's looks like. Anybody can print these words, so they decide nothing alone: they lead to a look
 * at the machine, or to one more attempt on another one.
 */
const fullDisk = /no space left on device|database or disk is full|disk quota exceeded|\bENOSPC\b/iu;

const other: readonly RegExp[] = [
  // The kernel kills when memory is short (9); a broken disk or CPU shows as 7 or 4 where code shows as 6 or 11.
  /due to signal (?:4|7|9)\b/u,
  /cannot allocate memory|out of memory\b/iu,
  /input\/output error|read-only file system|stale (?:nfs )?file handle|structure needs cleaning/iu,
  /resource temporarily unavailable|too many open files in system/iu,
  /exec format error/iu,
  /temporary failure in name resolution|could not resolve host/iu,
];

/** Whether a failure speaks of a disk without room. */
export function looksLikeFullDisk(text: string): boolean {
  return fullDisk.test(text);
}

/** Whether a failure may well be the machine's and not the build's. */
export function looksLikeMachine(text: string): boolean {
  return fullDisk.test(text) || other.some((pattern) => pattern.test(text));
}
