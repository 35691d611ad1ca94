import type { OpenBuilder } from '../../builders/open-builder.ts';
import type { DaemonClient } from '../../nix/client/daemon-client.ts';
import { parseStorePath } from '../../nix/store-path.ts';
import type { LinkMeasure } from '../checks/link.ts';

const rounds = 9;
const firstBytes = 256 * 1024;
const mostBytes = 16 * 1024 ** 2;
/** What a measurement should take, so that starting a command there does not count. */
const wantedSeconds = 0.5;
const patienceMs = 20_000;

/** Not in any store. */
const nowhere = parseStorePath(`/nix/store/${'0'.repeat(32)}-nowhere`);

/** Measures a builder's line. What its account does not allow stays undefined; never rejects. */
export async function measureLink(opened: OpenBuilder, client: DaemonClient): Promise<LinkMeasure> {
  const roundTripMs = await measureRoundTrip(client).catch(() => undefined);
  const send = (bytes: number) => sendSeconds(opened, bytes);
  const fetch = (bytes: number) => fetchSeconds(opened, bytes);
  // One after the other: each wants the whole line.
  const upBytesPerSecond = await measureRate(send).catch(() => undefined);
  const downBytesPerSecond = await measureRate(fetch).catch(() => undefined);
  return { roundTripMs, upBytesPerSecond, downBytesPerSecond };
}

/** The median. */
async function measureRoundTrip(client: DaemonClient): Promise<number | undefined> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await client.isValidPath(nowhere);
    times.push(performance.now() - began);
  }
  return times.sort((one, other) => one - other)[Math.floor(rounds / 2)];
}

/** A little first, then as much as fills the time; what starting costs is in both and falls out of the difference. */
async function measureRate(
  secondsFor: (bytes: number) => Promise<number | undefined>,
): Promise<number | undefined> {
  const first = await secondsFor(firstBytes);
  if (first === undefined) return undefined;
  const bytes = Math.min(mostBytes, Math.floor((firstBytes * wantedSeconds) / first));
  if (bytes <= 2 * firstBytes) return firstBytes / first;
  const second = await secondsFor(bytes);
  if (second === undefined) return undefined;
  return second > first * 1.5 ? (bytes - firstBytes) / (second - first) : bytes / second;
}

async function sendSeconds(opened: OpenBuilder, bytes: number): Promise<number | undefined> {
  // Random: SSH may compress.
  const stdin = crypto.getRandomValues(Buffer.alloc(Math.min(bytes, 65_536)));
  const copies = Math.ceil(bytes / stdin.length);
  const began = performance.now();
  const { stdout } = await opened.exec(['wc', '-c'], {
    stdin: Buffer.concat(
      Array.from({ length: copies }, () => stdin),
      bytes,
    ),
    timeoutMs: patienceMs,
  });
  return stdout.trim() === String(bytes) ? (performance.now() - began) / 1000 : undefined;
}

async function fetchSeconds(opened: OpenBuilder, bytes: number): Promise<number | undefined> {
  const { stream } = await opened.openCommand(['head', '-c', String(bytes), '/dev/urandom']);
  const timer = setTimeout(() => stream.destroy(), patienceMs);
  try {
    const began = performance.now();
    let received = 0;
    for await (const chunk of stream) if (chunk instanceof Uint8Array) received += chunk.byteLength;
    return received === bytes ? (performance.now() - began) / 1000 : undefined;
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
}
