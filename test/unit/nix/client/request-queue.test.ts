import { describe, expect, it } from 'vitest';
import { createRequestQueue } from '../../../../src/nix/client/request-queue.ts';

const request = (name: string, isBarrier = false) => ({ name, isBarrier });

function queueOf(...requests: readonly ReturnType<typeof request>[]) {
  const queue = createRequestQueue<ReturnType<typeof request>>();
  for (const one of requests) queue.add(one);
  return queue;
}

describe('the queue of requests', () => {
  it('hands them out in their order, and expects the answers in the same', () => {
    const queue = queueOf(request('a'), request('b'));
    expect([queue.current, queue.next()?.name, queue.next()?.name, queue.next()]).toEqual([
      undefined,
      'a',
      'b',
      undefined,
    ]);
    expect(queue.current?.name).toBe('a');
    queue.answered();
    expect(queue.current?.name).toBe('b');
    queue.answered();
    expect(queue.current).toBeUndefined();
  });

  it('hands out nothing behind a barrier until that is answered', () => {
    const queue = queueOf(request('a'), request('barrier', true), request('b'));
    expect([queue.next()?.name, queue.next()?.name, queue.next()]).toEqual(['a', 'barrier', undefined]);
    queue.answered();
    expect(queue.next()).toBeUndefined();
    queue.answered();
    expect(queue.next()?.name).toBe('b');
  });

  it('is at most 1024 ahead of the answers', () => {
    const queue = queueOf(...Array.from({ length: 1025 }, (_, index) => request(String(index))));
    for (let index = 0; index < 1024; index++) expect(queue.next()?.name).toBe(String(index));
    expect(queue.next()).toBeUndefined();
    queue.answered();
    expect(queue.next()?.name).toBe('1024');
  });

  it('is empty when nothing waits and every answer has come', () => {
    const queue = queueOf();
    expect(queue.isEmpty).toBe(true);
    queue.add(request('a'));
    expect(queue.isEmpty).toBe(false);
    queue.next();
    expect(queue.isEmpty).toBe(false);
    queue.answered();
    expect(queue.isEmpty).toBe(true);
  });

  it('gives up whatever has no answer, what was written first', () => {
    const queue = queueOf(request('answered'), request('written'), request('waits'));
    queue.next();
    queue.next();
    queue.answered();
    expect(queue.clear().map(({ name }) => name)).toEqual(['written', 'waits']);
    expect([queue.isEmpty, queue.current, queue.next()]).toEqual([true, undefined, undefined]);
  });
});
