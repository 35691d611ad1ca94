import type { ClientChannel } from 'ssh2';
import type { CommandChannel } from '../host.ts';
import { keepTail } from '../stderr-tail.ts';

/** A session that runs a command, as other rooms see it. Call it before the event loop turns: data would be lost. */
export function commandChannel(channel: ClientChannel): CommandChannel {
  return {
    stream: channel,
    stderrTail: keepTail(channel.stderr),
    // Not from `exit`: a quick command's comes along with the answer that opens the session, before anybody can listen.
    exited: new Promise((resolve) => {
      channel.once('close', (code?: number | null) => resolve(code ?? undefined));
    }),
  };
}
