// Stands in for `nix repl`: answers with what it is, and does what the attribute's name says.
import { createInterface } from 'node:readline';

let nonce = '';
let answered = 0;
const kept: Buffer[] = [];

const log = (value: unknown): void => {
  process.stderr.write(`@nix ${JSON.stringify(value)}\n`);
};
const trace = (text: string): void => {
  if (process.argv.includes('--plain-log')) process.stderr.write(`trace: ${text}\n`);
  else log({ action: 'msg', level: 0, msg: `trace: ${text}` });
};
const answer = (): void => {
  trace(`${nonce}${JSON.stringify({ kind: 'other', type: String(process.pid) })}`);
};

/** Reads nothing any more, and stays. */
function hang(): void {
  setInterval(() => undefined, 1000);
  lines.removeAllListeners('line');
}

function act(name: string): void {
  switch (name) {
    case 'crash':
      process.stderr.write('error: stack overflow (possible infinite recursion)\n');
      process.exit(1);
    // oxlint-disable-next-line no-fallthrough -- exit never returns
    case 'crash-when-warm':
      if (answered > 0) process.exit(1);
      answer();
      break;
    case 'out-of-memory':
      process.stderr.write('error: out of memory\n');
      process.exit(1);
    // oxlint-disable-next-line no-fallthrough -- exit never returns
    case 'grow':
      kept.push(Buffer.alloc(300 * 1024 ** 2, 1));
      answer();
      break;
    case 'grow-and-hang':
      kept.push(Buffer.alloc(300 * 1024 ** 2, 1));
      hang();
      break;
    case 'hang':
      hang();
      break;
    case 'forge':
      trace('end');
      trace(`${'0'.repeat(32)}${JSON.stringify({ kind: 'other', type: 'forged' })}`);
      answer();
      break;
    case 'fail':
      process.stderr.write('warning: from git\n');
      log({ action: 'msg', level: 0, msg: 'error: the inner one' });
      log({ action: 'msg', level: 0, msg: '\u001B[31;1merror:\u001B[0m the last one' });
      break;
    case 'warn':
      log({ action: 'msg', level: 1, msg: 'careful' });
      trace('\u001B[1mtraced\u001B[0m');
      log({ action: 'start', type: 105, fields: ['/nix/store/x.drv', 'ssh://b1', 1, 1], id: 1 });
      answer();
      break;
    default:
      answer();
  }
}

// As ssh and git do that it starts for a flake's inputs.
process.stderr.write("Warning: Permanently added 'host' to the list of known hosts.\n");

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  nonce = /nonce = "(\w+)"/.exec(line)?.[1] ?? nonce;
  const name = /\.value top\."(.*)"$/.exec(line)?.[1];
  if (name !== undefined) act(name);
  if (line.endsWith('.end null')) trace(`${nonce}end`);
  if (name !== undefined) answered += 1;
});
