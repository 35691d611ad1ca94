import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../../../src/nix/wire/byte-queue.ts';
import { cut } from '../../../support/decoding.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the byte queue', () => {
  it('hands out a chunk that arrived alone without copying it', () => {
    const queue = new ByteQueue();
    const chunk = Buffer.from('one chunk');
    queue.push(chunk);
    expect(queue.takeAll().buffer).toBe(chunk.buffer);
  });

  it('never writes to what it handed out', () => {
    const queue = new ByteQueue();
    queue.push(bytes('ab'));
    queue.push(bytes('cd'));
    const first = queue.take(3);
    queue.push(bytes('efghijklmnop'));
    const second = queue.takeAll();
    queue.push(bytes('XXXXXXXXXXXX'));
    queue.push(bytes('YYYYYYYYYYYY'));
    expect(first.toString()).toBe('abc');
    expect(second.toString()).toBe('defghijklmnop');
  });

  it('never writes to a chunk that it was given', () => {
    const queue = new ByteQueue();
    const slab = Buffer.from('0123456789');
    queue.push(slab.subarray(0, 4));
    queue.push(bytes('ABCD'));
    expect(queue.takeAll().toString()).toBe('0123ABCD');
    expect(slab.toString()).toBe('0123456789');
  });

  it('gathers a megabyte that comes in single bytes without a copy for each', () => {
    const queue = new ByteQueue();
    const text = 'x'.repeat(1_000_000);
    const started = process.cpuUsage();
    for (const chunk of cut(bytes(text), 1)) queue.push(chunk);
    const used = process.cpuUsage(started);
    expect(queue.length).toBe(text.length);
    expect(queue.takeAll().toString()).toBe(text);
    // One copy of all for each byte would take minutes.
    expect((used.user + used.system) / 1e6).toBeLessThan(5);
  });

  it('refuses to hand out more than it has', () => {
    const queue = new ByteQueue();
    queue.push(bytes('abc'));
    expect(() => queue.take(4)).toThrow(RangeError);
    expect(queue.peek(10).toString()).toBe('abc');
  });
});
