import { text } from 'node:stream/consumers';
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
    const pid = /nix-dispatch-sshd (\d{1,9})/.exec(await text(channel))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}
