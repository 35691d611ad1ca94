import type { ClientChannel } from 'ssh2';
import type { CommandChannel } from '../host.ts';
import { keepTail } from '../stderr-tail.ts';

/** A session that runs a command, as other rooms see it. Call it before the event loop turns: data would be lost. */
export function commandChannel(channel: ClientChannel): CommandChannel {
  let code: number | undefined;
  channel.on('exit', (status: number | null) => {
    code = status ?? undefined;
  });
  return {
    stream: channel,
    stderrTail: keepTail(channel.stderr),
    exited: new Promise((resolve) => {
      channel.once('close', () => resolve(code));
    }),
  };
}
