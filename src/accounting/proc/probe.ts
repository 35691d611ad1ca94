import { parseProcessStat } from './stat.ts';
import type { ProcessStat } from './stat.ts';

/** A process of a builder, as a scan saw it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly stat: ProcessStat;
}

/** What the probe answered to one request. */
export interface ProbeAnswer {
  /** Of a `scan`: daemons of Nix, their workers and clients. */
  readonly processes: readonly ProcessEntry[];
  /** Of a `stat`: those of the processes asked for that still exist. */
  readonly stats: readonly ProcessStat[];
}

/** What the probe says of the machine before anything else. */
export interface ProbeGreeting {
  readonly ticksPerSecond: number;
  /** Processors that are online; undefined where the machine does not tell. */
  readonly cores: number | undefined;
}

/** The line that the probe prints first; whatever comes before it is an rc file's. */
const READY = /^nix-dispatch-probe (\d{1,6}) (\d{1,6})$/;
/** The line that ends every answer. */
export const PROBE_END = 'nix-dispatch-probe-end';
const ARGUMENT_END = '\u001f';

/**
 * What a POSIX shell on the builder runs. It reads requests from its input, one a line, and ends with it:
 *
 * - `scan` prints every process whose command line is that of a Nix daemon, a worker of one or a client;
 * - `stat PID…` prints `/proc/PID/stat` of each.
 *
 * It starts no process per process that it looks at: `read` drops the NULs of a command line, which is
 * enough to see whether it is one of those. Where there is no /proc (macOS) or only our own processes show (hidepid), answers are empty.
 */
export const PROBE_SCRIPT = `
echo "nix-dispatch-probe $(getconf CLK_TCK 2>/dev/null || echo 100) $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 0)"
while read -r verb rest; do
  case $verb in
  scan)
    for dir in /proc/[0-9]*; do
      words=
      { read -r words < "$dir/cmdline"; } 2>/dev/null
      case $words in *nix-daemon*|*nixdaemon*|nix[0-9]*|*/nix[0-9]*) ;; *) continue ;; esac
      echo "argv \${dir#/proc/} $(tr '\\000\\n' '\\037 ' < "$dir/cmdline" 2>/dev/null)"
      { read -r words < "$dir/stat" && echo "stat $words"; } 2>/dev/null
    done ;;
  stat)
    for pid in $rest; do
      { read -r words < "/proc/$pid/stat" && echo "stat $words"; } 2>/dev/null
    done ;;
  esac
  echo ${PROBE_END}
done
`;

/** The request for the processes' stat lines. */
export function statRequest(pids: readonly number[]): string {
  return `stat ${pids.join(' ')}\n`;
}

/** The request for all processes of Nix. */
export const SCAN_REQUEST = 'scan\n';

/** Reads the probe's first line; undefined for any other line. */
export function parseReadyLine(line: string): ProbeGreeting | undefined {
  const [, ticks, cores] = READY.exec(line) ?? [];
  const ticksPerSecond = Number(ticks);
  return ticksPerSecond > 0 ? { ticksPerSecond, cores: Number(cores) || undefined } : undefined;
}

/** Reads the lines of one answer, without the one that ends it. Lines that make no sense are skipped. */
export function parseProbeAnswer(lines: readonly string[]): ProbeAnswer {
  const processes: ProcessEntry[] = [];
  const stats: ProcessStat[] = [];
  let argv: readonly string[] | undefined;
  for (const line of lines) {
    const stat = line.startsWith('stat ') ? parseProcessStat(line.slice('stat '.length)) : undefined;
    if (stat !== undefined) {
      stats.push(stat);
      if (argv !== undefined) processes.push({ pid: stat.pid, argv, stat });
    }
    argv = parseArgv(line);
  }
  return { processes, stats };
}

function parseArgv(line: string): readonly string[] | undefined {
  const words = /^argv \d+ (.*)$/s.exec(line)?.[1];
  if (words === undefined) return undefined;
  // A command line of a worker ends in several NULs: the pid is shorter than the argument that it replaced.
  return words.split(ARGUMENT_END).filter((word, index) => index === 0 || word !== '');
}
