/** What the accounting needs of `/proc/<pid>/stat`; times are clock ticks. */
export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  /** User and system time of the children that ended and were waited for, and of theirs. */
  readonly waitedChildTicks: number;
  /** Ticks since boot at which the process began: tells it from a later one of the same pid. */
  readonly startTicks: number;
}

// Numbers of proc(5), less the three fields before the command's closing bracket ends: field 3 is index 0.
const PARENT_PID = 1;
const CHILD_USER = 13;
const CHILD_SYSTEM = 14;
const START_TIME = 19;

/** Reads one `/proc/<pid>/stat`; undefined when it is something else. The command in it may hold spaces and brackets. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const pid = /^(\d+) \(/.exec(text)?.[1];
  const commandEnd = text.lastIndexOf(') ');
  if (pid === undefined || commandEnd < 0) return undefined;
  const fields = text
    .slice(commandEnd + 2)
    .trim()
    .split(' ');
  const [parentPid, user, system, start] = [PARENT_PID, CHILD_USER, CHILD_SYSTEM, START_TIME].map((index) =>
    wholeNumber(fields[index]),
  );
  if (parentPid === undefined || user === undefined || system === undefined || start === undefined)
    return undefined;
  return { pid: Number(pid), parentPid, waitedChildTicks: user + system, startTicks: start };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}
