import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** What runs a connector; its path stands in the script's first line. */
export interface ConnectorLanguage {
  readonly kind: 'perl' | 'node';
  readonly interpreter: string;
}

/**
 * The fastest of what this machine has. Stock Nix starts a connector for every derivation: perl takes 2 ms to start and is part of
 * every Debian, Ubuntu and macOS; Node takes 40 and is always there, since it runs us.
 */
export async function findConnectorLanguage(searchPath: string): Promise<ConnectorLanguage> {
  for (const folder of searchPath.split(delimiter)) {
    const interpreter = join(folder, 'perl');
    if (isAbsolute(folder) && fitsFirstLine(interpreter) && (await isExecutable(interpreter))) {
      return { kind: 'perl', interpreter };
    }
  }
  return { kind: 'node', interpreter: process.execPath };
}

/**
 * A program that joins its standard streams to a unix socket, in a file of its own: whoever starts it (Nix, as the far end of an ssh that
 * never happens) can be told no more than its path. Where the socket ends before it said anything, the program prints what `troublePath` holds.
 */
export function connectorScript(
  { kind, interpreter }: ConnectorLanguage,
  socketPath: string,
  troublePath: string,
): string {
  const script = kind === 'perl' ? perlScript : nodeScript;
  return `#!${interpreter}\n${script(quoted(socketPath), quoted(troublePath))}`;
}

/** The two directions are two processes: neither may wait for the other. */
function perlScript(socketPath: string, troublePath: string): string {
  return `my ($path, $trouble) = (${socketPath}, ${troublePath});
sub fail {
  my $why = '';
  if (open(my $file, '<', $trouble)) { local $/; $why = <$file>; }
  print STDERR "nix-dispatch: ", ($why || "the builder is not there any more"), "\\n";
  exit 1;
}
my $address = $^O eq 'darwin' ? pack('C C a104', 106, 1, $path) : pack('S a108', 1, $path);
my $socket;
socket($socket, 1, 1, 0) && connect($socket, $address) or fail();
sub copy {
  my ($from, $to) = @_;
  my ($total, $buffer) = (0);
  while (my $count = sysread($from, $buffer, 65536)) {
    $total += $count;
    for (my $at = 0; $at < $count; ) {
      my $written = syswrite($to, $buffer, $count - $at, $at) or return $total;
      $at += $written;
    }
  }
  return $total;
}
my $child = fork();
fail() unless defined $child;
if ($child == 0) {
  copy(\\*STDIN, $socket);
  shutdown($socket, 1);
  exit 0;
}
my $total = copy($socket, \\*STDOUT);
kill('TERM', $child);
fail() if $total == 0;
`;
}

function nodeScript(socketPath: string, troublePath: string): string {
  return `const socket = require('node:net').connect(${socketPath});
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => {});
socket.on('close', () => {
  if (socket.bytesRead > 0) process.exit(0);
  let why = '';
  try { why = require('node:fs').readFileSync(${troublePath}, 'utf8'); } catch {}
  console.error('nix-dispatch: ' + (why || 'the builder is not there any more'));
  process.exit(1);
});
`;
}

/** Paths of ours hold nothing that either language would read as more than a character. */
function quoted(path: string): string {
  return `'${path}'`;
}

/** Kernels cut the first line of a script at 127 bytes or more. */
function fitsFirstLine(interpreter: string): boolean {
  return /^[\w./+-]{1,120}$/.test(interpreter);
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
