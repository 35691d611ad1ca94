import type { Transport } from './transport.ts';

const LOOKS_PER_LIMIT = 60;

/**
 * Watches that bytes keep arriving on a connection whose peer is pinged; a dead peer sends nothing, and TCP alone
 * notices that after minutes at best. A slow link under load is not dead: any byte counts.
 *
 * @param onSilence called once, with the length of the silence, before it has lasted longer than `limitMs`
 */
export function watchLiveness(
  transport: Transport,
  limitMs: number,
  onSilence: (silentMs: number) => void,
): void {
  const lookMs = limitMs / LOOKS_PER_LIMIT;
  let bytesSeen = transport.bytesRead();
  let lookedAt = performance.now();
  let silentMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    // While this process stood still it would not have heard anything.
    silentMs += Math.min(now - lookedAt, 2 * lookMs);
    lookedAt = now;
    if (transport.bytesRead() !== bytesSeen) {
      bytesSeen = transport.bytesRead();
      silentMs = 0;
      // What was heard is noticed a look late, and so is the end of the limit.
    } else if (silentMs >= limitMs - 2 * lookMs) {
      clearInterval(timer);
      onSilence(silentMs);
    }
  }, lookMs);
  timer.unref();
  transport.stream.once('close', () => clearInterval(timer));
}
