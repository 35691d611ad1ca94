import type { ClientChannel } from 'ssh2';

/** Climbs from the shell that sshd started to the sshd that serves this connection, and prints its pid. */
const SERVER_PID_COMMAND = `sh -c 'p=$PPID
while [ "$p" -gt 1 ]; do
  read -r name < /proc/$p/comm || exit
  case $name in sshd*) echo "nix-dispatch-sshd $p"; exit ;; esac
  read -r stat < /proc/$p/stat || exit
  set -- \${stat##*) }
  p=$2
done'`;

/** What an rc file prints comes first. */
const MOST_BYTES = 64 * 1024;

/**
 * Finds the process of sshd that serves a connection: the client that a daemon sees behind a forwarded socket (protocol
 * §12.2). Undefined where it cannot be told; never rejects.
 */
export async function findServerPid(
  exec: (command: string) => Promise<ClientChannel>,
): Promise<number | undefined> {
  try {
    const channel = await exec(SERVER_PID_COMMAND);
    channel.stderr.resume();
    channel.end();
    const pid = /nix-dispatch-sshd (\d{1,9})/.exec(await firstText(channel))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}

/** Whoever prints without end is not asked further. */
async function firstText(channel: ClientChannel): Promise<string> {
  let text = '';
  for await (const chunk of channel) {
    text += String(chunk);
    if (text.length > MOST_BYTES) break;
  }
  return text;
}
