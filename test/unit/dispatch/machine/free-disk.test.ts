import { expect, it } from 'vitest';
import {
  describeFullDisk,
  hasRoomAgain,
  isDiskFull,
  parseDiskSpace,
} from '../../../../src/dispatch/machine/free-disk.ts';

const mebi = 1024 ** 2;
const head = 'Filesystem     1024-blocks    Used Available Capacity Mounted on';

it('finds the file system that is shortest of room', () => {
  const output = [
    head,
    'tmpfs                98304   98304         0     100% /nix',
    'overlay            8388608  812340   7576268      10% /',
    'tmpfs                98304   98304         0     100% /nix',
    '',
  ].join('\n');
  expect(parseDiskSpace(output)).toEqual({ mountPoint: '/nix', totalBytes: 96 * mebi, freeBytes: 0 });
});

it('reads names with blanks, and a disk that root has filled beyond its end', () => {
  const output = `${head}\nmap -hosts /net 1000 1000 -50 105% /Volumes/My Disk\n`;
  expect(parseDiskSpace(output)).toMatchObject({ mountPoint: '/Volumes/My Disk', freeBytes: -50 * 1024 });
});

it.each(['', head, 'df: /nix/store: No such file or directory'])('knows nothing from %j', (output) => {
  expect(parseDiskSpace(output)).toBeUndefined();
});

it.each([
  // total MiB, free MiB, full, has room again
  [100, 0, true, false],
  [100, 15, true, false],
  [100, 16, false, false],
  [100, 32, false, true],
  [100_000, 999, true, false],
  [100_000, 1000, false, false],
  [100_000, 2000, false, true],
])('of %d MiB, %d free: full is %s, room again is %s', (total, free, full, again) => {
  const disk = { mountPoint: '/nix', totalBytes: total * mebi, freeBytes: free * mebi };
  expect([isDiskFull(disk), hasRoomAgain(disk)]).toEqual([full, again]);
});

it('says how full it is', () => {
  expect(describeFullDisk({ mountPoint: '/nix', totalBytes: 96 * mebi, freeBytes: 3.7 * mebi })).toBe(
    'its disk is full: 3 MiB of 96 MiB are free in /nix',
  );
});
