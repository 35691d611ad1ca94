import type { Socket } from 'node:net';

const LOOKS_PER_LIMIT = 8;

/**
 * Watches that bytes keep arriving on a connection whose peer is pinged; a dead peer sends nothing, and TCP alone
 * notices that after minutes at best. A slow link under load is not dead: any byte counts.
 *
 * @param onSilence called once, with the length of the silence, when it has lasted `limitMs`
 */
export function watchLiveness(socket: Socket, limitMs: number, onSilence: (silentMs: number) => void): void {
  let bytesSeen = socket.bytesRead;
  let heardAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (socket.bytesRead !== bytesSeen) {
      bytesSeen = socket.bytesRead;
      heardAt = now;
    } else if (now - heardAt >= limitMs) {
      clearInterval(timer);
      onSilence(now - heardAt);
    }
  }, limitMs / LOOKS_PER_LIMIT);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}
