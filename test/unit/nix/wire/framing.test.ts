import { describe, expect, it } from 'vitest';
import { FrameGatherer } from '../../../../src/nix/wire/framing.ts';
import { MAX_FRAME_BYTES } from '../../../../src/nix/wire/limits.ts';
import { cut } from '../../../support/decoding.ts';
import { unframe } from '../../../support/daemon/recorded-request.ts';

const data = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));

function frame(chunks: readonly Uint8Array[]): Uint8Array[][] {
  const gatherer = new FrameGatherer();
  const frames = chunks.flatMap((chunk) => gatherer.add(chunk));
  return [...frames, gatherer.flush()].filter((pieces) => pieces.length > 0);
}

describe('frames', () => {
  it.each([1, 7, 2047, 2048, 5000, 65_535, 65_536, 65_537, 200_000])(
    'hold the data of chunks of %i bytes, whatever the size',
    (size) => {
      const frames = frame(cut(data, size));
      expect(unframe(Buffer.concat(frames.flat())).equals(data)).toBe(true);
      for (const pieces of frames.slice(0, -1)) {
        expect(Buffer.concat(pieces)).toHaveLength(8 + MAX_FRAME_BYTES);
      }
    },
  );

  it('are views of big chunks', () => {
    const [pieces = []] = frame([data]);
    expect(pieces[1]?.buffer).toBe(data.buffer);
    expect(pieces).toHaveLength(2);
  });

  it('gather tiny chunks into few pieces', () => {
    const [pieces = []] = frame(cut(data.subarray(0, MAX_FRAME_BYTES), 10));
    expect(pieces.length).toBeLessThan(8);
  });

  it('are none for no data', () => {
    expect(frame([])).toEqual([]);
    expect(frame([new Uint8Array()])).toEqual([]);
  });
});
