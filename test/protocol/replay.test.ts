import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../src/errors.ts';
import { connectDaemon } from '../../src/nix/client/connect.ts';
import type { DaemonClient } from '../../src/nix/client/daemon-client.ts';
import { withoutColours } from '../../src/nix/client/failures.ts';
import { cut } from '../support/decoding.ts';
import { Peer } from '../support/daemon/peer.ts';
import { readRecordedRequest, unframe } from '../support/daemon/recorded-request.ts';
import type { RecordedRequest } from '../support/daemon/recorded-request.ts';
import { asRecorded } from '../support/daemon/recorded-result.ts';
import { describeWithVectors } from '../support/vectors.ts';

interface Recording {
  readonly nixVersion: string;
  readonly records: readonly Exchange[];
}

interface Exchange {
  readonly name: string;
  readonly request_hex: string;
  readonly response_hex: string;
  readonly events: readonly (readonly [kind: string, ...details: readonly unknown[]])[];
  readonly result?: unknown;
  readonly error?: { readonly msg: string };
  readonly eof?: string;
}

/** Everything a listener can be told, in the order in which it was. */
type Heard = readonly [kind: string, ...texts: readonly (string | undefined)[]];

/** Ends the connection on both sides, so it cannot be repeated on one. */
const FATAL = new Set(['IsValidPath-malformed', 'after-malformed', 'NarFromPath-invalid']);

describeWithVectors('recorded conversations', (vectors) => {
  describe.each(vectors.list('live'))('%s', (file) => {
    const { nixVersion, records } = vectors.json(`live/${file}`) as Recording;
    const handshake = records.find(({ name }) => name === 'handshake');
    const exchanges = records.filter(({ name }) => name !== 'handshake' && !FATAL.has(name));
    const lastWords = records.filter(({ name }) => FATAL.has(name) && name !== 'after-malformed');
    const hasCpu = nixVersion !== '2.8.0';

    it('shakes hands, cut anywhere', async () => {
      const response = bytesOf(handshake?.response_hex);
      for (const chunks of everyCut(response)) {
        const { client, peer } = await shakeHands(chunks);
        expect(client).toMatchObject({ nixVersion, protocolVersion: { minor: hasCpu ? 38 : 34 } });
        expect(client.trust).toBe(hasCpu ? 'trusted' : 'unknown');
        expect(peer.takeWritten().toString('hex')).toBe(handshake?.request_hex);
        client.close();
      }
    });

    it.each(exchanges)('$name, cut anywhere', async (exchange) => {
      let { client, peer } = await shakeHands([bytesOf(handshake?.response_hex)]);
      const request = readRecordedRequest(bytesOf(exchange.request_hex));
      // The client refuses this operation to Nix 2.8 (protocol §7.3).
      if (exchange.name === 'AddMultipleToStore' && !client.supportsAddMultipleToStore) {
        await expect(request.call(client, {})).rejects.toMatchObject({ code: 'daemon' });
        return;
      }
      const expected = expectedHeard(exchange);
      for (const chunks of everyCut(bytesOf(exchange.response_hex))) {
        // To the client, a second refusal in the same words is a daemon about to hang up.
        if (exchange.error !== undefined) {
          client.close();
          ({ client, peer } = await shakeHands([bytesOf(handshake?.response_hex)]));
        }
        peer.takeWritten();
        const { outcome, heard } = await replay(client, peer, request, chunks);
        if (exchange.error === undefined) {
          expect(asRecorded(request.opcode, outcome, hasCpu)).toEqual(exchange.result ?? null);
        } else expectRefusal(outcome, exchange.error.msg);
        expect(heard).toEqual(expected);
        expectSameRequest(peer.takeWritten(), request);
      }
    });

    it.each(lastWords)('$name ends the conversation, cut anywhere', async (exchange) => {
      const second = exchange.name === 'IsValidPath-malformed' ? exchange.response_hex : '';
      const response = bytesOf(exchange.response_hex + second);
      for (const chunks of everyCut(response)) {
        const { client, peer } = await shakeHands([bytesOf(handshake?.response_hex)]);
        const request = readRecordedRequest(bytesOf(exchange.request_hex));
        const { outcome } = await replay(client, peer, request, chunks);
        expect(outcome).toBeInstanceOf(DispatchError);
        expect(outcome).toMatchObject({ code: 'daemon', host: 'recorded' });
        peer.hangUp();
        await client.closed;
        expect(client.isOpen).toBe(false);
      }
    });
  });
});

async function shakeHands(chunks: readonly Uint8Array[]): Promise<{ client: DaemonClient; peer: Peer }> {
  const peer = new Peer();
  const connecting = connectDaemon(peer, { host: 'recorded', timeoutMs: 5000 });
  // A daemon introduces itself only when it knows the client's version.
  const greeting = upTo(chunks, 16);
  peer.onWritten = () => {
    peer.onWritten = () => {
      peer.onWritten = undefined;
      peer.send(...from(chunks, 16));
    };
    peer.send(...greeting);
  };
  return { client: await connecting, peer };
}

async function replay(
  client: DaemonClient,
  peer: Peer,
  request: RecordedRequest,
  chunks: readonly Uint8Array[],
): Promise<{ outcome: unknown; heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  peer.onWritten = () => {
    peer.onWritten = undefined;
    peer.send(...chunks);
  };
  const outcome = await request
    .call(client, {
      onLogLine: (line, drvPath) => heard.push(['line', line, drvPath]),
      onPhase: (phase, drvPath) => heard.push(['phase', phase, drvPath]),
      onBuildStarted: (drvPath, machine) => heard.push(['started', drvPath, machine]),
      onBuildStopped: (drvPath) => heard.push(['stopped', drvPath]),
      onMessage: (text) => heard.push(['message', text]),
    })
    .catch((error: unknown) => error);
  return { outcome, heard };
}

/** What a listener hears of the recorded events: builds, their lines, and messages. */
function expectedHeard({ events }: Exchange): readonly Heard[] {
  const builds = new Map<unknown, string>();
  return events.flatMap((event): Heard[] => {
    const [kind, id, type] = event;
    if (kind === 'next') return [['message', String(id)]];
    if (kind === 'start' && event[3] === 105) {
      const [drvPath, machine] = event[5] as readonly string[];
      builds.set(id, drvPath ?? '');
      return [['started', drvPath, machine]];
    }
    const drvPath = builds.get(id);
    if (kind === 'stop' && drvPath !== undefined) return [['stopped', drvPath]];
    if (kind === 'result' && type === 101) return [['line', (event[3] as readonly string[])[0], drvPath]];
    return [];
  });
}

function expectRefusal(outcome: unknown, message: string): void {
  expect(outcome).toMatchObject({ code: 'daemon', host: 'recorded' });
  expect(outcome).toHaveProperty('message', expect.stringContaining(withoutColours(message).trim()));
}

function expectSameRequest(written: Buffer, { recorded, headLength }: RecordedRequest): void {
  expect(written.subarray(0, headLength).toString('hex')).toBe(
    recorded.subarray(0, headLength).toString('hex'),
  );
  expect(unframe(written.subarray(headLength))).toEqual(unframe(recorded.subarray(headLength)));
}

/** The chunks up to some byte, the last one cut there. */
function upTo(chunks: readonly Uint8Array[], end: number): Uint8Array[] {
  let left = end;
  return chunks.flatMap((chunk) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    return part.length === 0 ? [] : [part];
  });
}

/** What {@link upTo} leaves over. */
function from(chunks: readonly Uint8Array[], start: number): Uint8Array[] {
  let left = start;
  return chunks.flatMap((chunk) => {
    const part = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - part.length;
    return part.length === 0 ? [] : [part];
  });
}

function everyCut(bytes: Uint8Array): Uint8Array[][] {
  const halves = Array.from({ length: bytes.length }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
  return [...halves, cut(bytes, 1)].map((chunks) => chunks.filter((chunk) => chunk.length > 0));
}

function bytesOf(hex: string | undefined): Buffer {
  return Buffer.from(hex ?? '', 'hex');
}
