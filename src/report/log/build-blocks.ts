import { plural } from '../durations.ts';
import { prefixedLine, repeatedLine, shortName, startedLine } from './lines.ts';
import { createOutputWindow, type OutputWindow } from './output-window.ts';

/** A copy of a build's output that is kept until it ends; the log artifact has all of it. */
const KEPT_CHARACTERS = 128 * 1024;
/** The end of a failed build's output, which nobody should have to unfold. */
const OPEN_LINES = 200;

/** How a build ended. */
export interface BuildEnd {
  readonly isFailure: boolean;
  /** Name within the logs artifact. */
  readonly logFile: string | undefined;
}

/**
 * Makes output of builds that run side by side something people can follow (issue 6, item 5). Each line is shown at once, behind
 * the name of its build; a build whose lines stand among those of others is shown once more in one piece when it has ended.
 * Each function returns the lines to be shown; those of an end belong below the line that tells of it.
 */
export interface BuildBlocks {
  started(key: string, name: string, builder: string): readonly string[];
  said(key: string, line: string): readonly string[];
  ended(key: string, end: BuildEnd): readonly string[];
}

interface Talk {
  readonly name: string;
  readonly output: OutputWindow;
  hasSpoken: boolean;
  /** Nobody else's output stands among its own. */
  isWhole: boolean;
}

/**
 * @param folds whether blocks can be folded; where they can't, only failed builds are shown again. The lines for that are obeyed
 * by GitHub's log viewer, not by its runner, and so even while workflow commands are stopped.
 */
export function createBuildBlocks(folds: boolean): BuildBlocks {
  const talks = new Map<string, Talk>();
  let lastSpeaker: string | undefined;

  const folded = (title: string, lines: readonly string[]): readonly string[] =>
    folds ? [`##[group]${title}`, ...lines, '##[endgroup]'] : [];
  const block = ({ name, output }: Talk, { isFailure, logFile }: BuildEnd): readonly string[] => {
    const place =
      logFile === undefined ? 'they were not kept' : `they are in ${logFile} of the logs artifact`;
    const note = output.omitted === 0 ? [] : [`  (${plural(output.omitted, 'line')} before these: ${place})`];
    const open = isFailure ? output.lines.slice(-OPEN_LINES) : [];
    const rest = output.lines.slice(0, output.lines.length - open.length);
    const title = `${shortName(name)}: ${plural(rest.length, 'line')}${isFailure ? ' before the last ones' : ''}`;
    return [...(rest.length === 0 ? note : folded(title, [...note, ...rest])), ...open];
  };

  return {
    started(key, name, builder) {
      const output = createOutputWindow(KEPT_CHARACTERS);
      talks.set(key, { name, output, hasSpoken: false, isWhole: true });
      return [startedLine(name, builder)];
    },
    said(key, line) {
      const talk = talks.get(key);
      if (talk === undefined) return [];
      if (talk.hasSpoken && lastSpeaker !== key) talk.isWhole = false;
      talk.hasSpoken = true;
      talk.output.push(repeatedLine(line));
      lastSpeaker = key;
      return [prefixedLine(talk.name, line)];
    },
    ended(key, end) {
      const talk = talks.get(key);
      talks.delete(key);
      // What failed must not be looked for far above either.
      const isSeen = talk?.isWhole === true && (!end.isFailure || lastSpeaker === key);
      if (talk === undefined || !talk.hasSpoken || isSeen) return [];
      lastSpeaker = undefined;
      return block(talk, end);
    },
  };
}
