import { expect, it } from 'vitest';
import { looksLikeFullDisk, looksLikeMachine } from '../../../../src/dispatch/machine/machine-symptoms.ts';

it.each([
  'error: writing to file: No space left on device',
  'error: executing SQLite query: database or disk is full (in db.sqlite)',
  'write failed: Disk quota exceeded',
  'npm ERR! code ENOSPC',
])('a full disk: %s', (text) => {
  expect([looksLikeFullDisk(text), looksLikeMachine(text)]).toEqual([true, true]);
});

it.each([
  'builder failed due to signal 9 (Killed)',
  'builder failed due to signal 7 (Bus error)',
  'builder failed due to signal 4 (Illegal instruction)',
  'fork: Cannot allocate memory',
  'cp: error reading a: Input/output error',
  "touch: cannot touch 'x': Read-only file system",
  '/bin/sh: ./configure: cannot execute binary file: Exec format error',
  'curl: (6) Could not resolve host: example.org',
  'fork: retry: Resource temporarily unavailable',
])('the machine: %s', (text) => {
  expect([looksLikeFullDisk(text), looksLikeMachine(text)]).toEqual([false, true]);
});

it.each([
  'builder failed with exit code 1',
  'builder failed due to signal 11 (Segmentation fault)',
  'builder failed due to signal 6 (Aborted)',
  'error: no space left in this town',
  'undefined reference to `outofmemory`',
  '',
])('the build: %s', (text) => {
  expect(looksLikeMachine(text)).toBe(false);
});
