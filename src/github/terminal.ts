import type { Annotation } from '../report/annotations.ts';
import { terminalLine } from '../report/escape/terminal.ts';

const STOP = /^::stop-commands::([\w-]+)$/;

/** Prints for a reader instead of a runner: without the lines around untrusted text, which tell a runner not to obey it. */
export function createTerminalPrinter(write: (line: string) => void): (line: string) => void {
  let resume: string | undefined;
  return (line) => {
    const token = STOP.exec(line)?.[1];
    if (token !== undefined) resume = `::${token}::`;
    else if (line !== resume) write(line);
  };
}

/** An annotation for a reader: `error: checks.x86_64-linux.a (flake.nix:12): attribute 'src' missing`. */
export function annotationLines({ level, title, message, file, line }: Annotation): readonly string[] {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  const [first = '', ...more] = message.split('\n');
  return [`${level}: ${title}${place}: ${first}`, ...more.map((text) => `    ${text}`)].map(terminalLine);
}
