const COLOUR = /\u001b\[[0-9;]*m/g;
const SUBJECT = /^Cannot build '.*'\.$/;
/** What a report has anyway: the log, the outputs, and how to get at them. */
const KNOWN_ELSEWHERE = /^(?:last \d+ log lines?:|for full logs, run\b|output paths:$)/i;

/**
 * What a daemon says of a build that came to nothing, less what we tell better: `builder failed with exit code 1`. Nix
 * 2.8 and 2.26 begin with `builder for '…' failed`, 2.34 with `Cannot build '…'.` and a line `Reason: …`; all go on with
 * the end of the log.
 */
export function readBuildError(text: string): string {
  const lines = text.replaceAll(COLOUR, '').trim().split('\n');
  const ours = lines.findIndex((line) => KNOWN_ELSEWHERE.test(line.trim()));
  const own = ours > 0 ? lines.slice(0, ours) : lines;
  const [first = '', second = '', ...rest] = own;
  const told =
    SUBJECT.test(first) && second.startsWith('Reason: ') ? [second.slice('Reason: '.length), ...rest] : own;
  return told
    .join('\n')
    .replace(/^(?:error: )?builder for '[^'\n]*' failed/, 'builder failed')
    .replace(/[;.]$/, '');
}
