import { expect, it } from 'vitest';
import { parseFlakeCaches } from '../../../src/flake/flake-caches.ts';

it('reads texts and lists, with extra- and without, each word by itself', () => {
  const config = {
    substituters: 'https://a.example.org\n  https://b.example.org ',
    'extra-substituters': ['https://c.example.org store = /x'],
    'extra-trusted-public-keys': ['c-1:k'],
  };
  expect(parseFlakeCaches(JSON.stringify(config))).toEqual({
    substituters: [
      'https://a.example.org',
      'https://b.example.org',
      'https://c.example.org',
      'store',
      '=',
      '/x',
    ],
    keys: ['c-1:k'],
  });
});

it.each([
  '',
  '{}',
  'null',
  '[]',
  'error: no such file',
  '{"substituters":{"a":1},"trusted-public-keys":[1]}',
])('finds none in %s', (json) => {
  expect(parseFlakeCaches(json)).toEqual({ substituters: [], keys: [] });
});
