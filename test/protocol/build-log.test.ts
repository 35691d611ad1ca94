import { describe, expect, it } from 'vitest';
import { parseStorePath } from '../../src/nix/store-path.ts';
import { cat, int, LAST, logLine, next, start, stop, str } from '../support/daemon/bytes.ts';
import { connectPeer, settle } from '../support/daemon/peer.ts';

const path = parseStorePath(`/nix/store/${'0'.repeat(32)}-x`);
const A = 73_684_458_930_191n;
const B = 2n ** 64n - 1n;
const phase = (id: bigint, name: string) =>
  cat(int(0x52534c54), int(id), int(104), int(1), int(1), str(name));
const progress = (id: bigint) =>
  cat(
    int(0x52534c54),
    int(id),
    int(105),
    int(4),
    ...Array.from({ length: 4 }, () => cat(int(0), int(2n ** 60n))),
  );

async function listen(...messages: readonly Uint8Array[]): Promise<unknown[][]> {
  const heard: unknown[][] = [];
  const hear =
    (kind: string) =>
    (...details: readonly unknown[]) => {
      heard.push([kind, ...details]);
    };
  const { client, peer } = await connectPeer();
  const built = client.buildPaths([{ kind: 'opaque', path }], {
    onLogLine: hear('line'),
    onPhase: hear('phase'),
    onBuildStarted: hear('started'),
    onBuildStopped: hear('stopped'),
    onWaiting: hear('waiting'),
    onSubstitute: hear('substitute'),
    onMessage: hear('message'),
  });
  await settle();
  peer.send(cat(...messages, LAST, int(1)));
  await built;
  client.close();
  return heard;
}

describe('a build listener', () => {
  it('is told of two builds at once, each line with its own', async () => {
    const heard = await listen(
      start(A, 105, ['/a.drv', '']),
      start(B, 105, ['/b.drv', 'ssh://b2']),
      logLine(A, 'one'),
      logLine(B, 'two'),
      phase(B, 'buildPhase'),
      stop(A),
      logLine(A, 'late'),
      logLine(4n, 'whose?'),
      stop(B),
    );
    expect(heard).toEqual([
      ['started', '/a.drv', ''],
      ['started', '/b.drv', 'ssh://b2'],
      ['line', 'one', '/a.drv'],
      ['line', 'two', '/b.drv'],
      ['phase', 'buildPhase', '/b.drv'],
      ['stopped', '/a.drv'],
      ['line', 'late', '/a.drv'],
      ['line', 'whose?', undefined],
      ['stopped', '/b.drv'],
    ]);
  });

  it('is told what is fetched, waited for and said', async () => {
    const heard = await listen(
      start(1n, 108, ['/nix/store/p', 'https://cache']),
      start(2n, 111, [], 'waiting for a build user'),
      next('\u001B[31mwarning\u001B[0m'),
      cat(int(0x52534c54), int(3), int(107), int(1), int(1), str('from the post-build hook')),
    );
    expect(heard).toEqual([
      ['substitute', '/nix/store/p', 'https://cache'],
      ['waiting', 'waiting for a build user'],
      ['message', '\u001B[31mwarning\u001B[0m'],
      ['message', 'from the post-build hook'],
    ]);
  });

  it('is spared what means nothing to it', async () => {
    const heard = await listen(start(1n, 104, []), progress(1n), start(2n, 9999, ['?']), stop(2n), stop(77n));
    expect(heard).toEqual([]);
  });

  it('gets lines of any bytes, and no more than 1 MiB of each', async () => {
    const long = Buffer.alloc(3_000_000, 'l');
    const heard = await listen(logLine(1, Buffer.from([0x66, 0xfc, 0x72])), logLine(1, long), logLine(1, ''));
    expect(heard).toEqual([
      ['line', 'f\uFFFDr', undefined],
      ['line', 'l'.repeat(1024 * 1024), undefined],
      ['line', '', undefined],
    ]);
  });
});
