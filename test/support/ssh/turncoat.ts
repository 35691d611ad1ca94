import { spawn } from 'node:child_process';
import type { ServerChannel } from 'ssh2';
import { searchPath } from '../../../scripts/provision/command.ts';
import { runnerNixEnv } from '../../../scripts/provision/runner-nix.ts';
import { int } from '../daemon/bytes.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

/** Op 36 of the worker protocol. */
const buildDerivation = int(36);

const everybody = (): boolean => true;

/** What a builder does instead of building; it has the channel for itself from then on. */
export type Evil = (channel: ServerChannel) => void;

/** A builder that does everything as this machine's Nix does, until it is to build something. */
export function startTurncoat(evil: Evil): Promise<SshServer> {
  return startSshServer({
    admits: everybody,
    onExec(command, channel) {
      if (!command.endsWith('nix-daemon --stdio')) {
        channel.exit(127);
        channel.end();
        return;
      }
      const env = { ...process.env, ...runnerNixEnv(), PATH: searchPath() };
      const daemon = spawn('nix-daemon', ['--stdio'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
      daemon.stdin.on('error', () => {});
      daemon.stdout.on('data', (answer: Buffer) => channel.write(answer));
      channel.on('close', () => daemon.kill());
      channel.on('data', (request: Buffer) => {
        if (!request.includes(buildDerivation)) {
          daemon.stdin.write(request);
          return;
        }
        channel.removeAllListeners('data').resume();
        daemon.stdout.removeAllListeners('data').resume();
        evil(channel);
      });
    },
  });
}

/** A builder that greets as no daemon does. */
export function startImpostor(evil: Evil): Promise<SshServer> {
  return startSshServer({ admits: everybody, onExec: (_, channel) => evil(channel) });
}

/** Writes what `block` gives for as long as it is read; others of this process get their turns. */
export function pour(channel: ServerChannel, block: () => Uint8Array): void {
  const write = (): void => {
    if (channel.destroyed || !channel.writable) return;
    if (channel.write(block())) setImmediate(write);
  };
  channel.on('drain', write).on('error', () => {});
  write();
}
