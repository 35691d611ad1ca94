import { plural } from '../durations.ts';
import { clip } from '../escape/clip.ts';
import { terminalLine } from '../escape/terminal.ts';
import { outcomePlace, outcomeWords } from '../outcomes.ts';
import { rootCausesOf } from '../root-causes.ts';
import type { RunReport } from '../run-report.ts';
import { foldedBlock } from './commands.ts';

const MOST_BUILDS = 20;
const LINE_CHARACTERS = 2000;

/**
 * Ends of failed builds' logs, each in a folded block of its own: in the live log above, lines of several builds stand among
 * each other. Workflow commands, so for GitHub and act only.
 *
 * @param token as for {@link foldedBlock}
 */
export function failedLogs(report: RunReport, token: string): readonly string[] {
  const builds = rootCausesOf(report).flatMap(({ build }) => (build?.logTail.length ? [build] : []));
  return builds.slice(0, MOST_BUILDS).flatMap((build) => {
    const lines = build.logTail.map((line) => terminalLine(clip(line, LINE_CHARACTERS)));
    const place = outcomePlace(build.outcome);
    const where = place === undefined ? '' : ` on ${place}`;
    const count = `last ${plural(lines.length, 'line')} of ${build.logLines}`;
    const title = `Log of ${clip(build.name, 120)}, ${outcomeWords(build.outcome)}${where}: ${count}`;
    return foldedBlock(title, token, lines);
  });
}
