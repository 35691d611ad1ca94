/** The file system on which a builder is shortest of room. */
export interface DiskSpace {
  readonly mountPoint: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Prints the room of the places that builds write to, in the form that POSIX lays down. */
export const DISK_SPACE_SCRIPT = 'df -P -k /nix/store "${TMPDIR:-/tmp}" /nix/var/nix 2>/dev/null';

const minimumBytes = 16 * 1024 ** 2;

/** Reads what {@link DISK_SPACE_SCRIPT} printed; undefined when that says nothing. */
export function parseDiskSpace(output: string): DiskSpace | undefined {
  const rows = output.split('\n').flatMap((line) => {
    const match = /^.*\s(\d+)\s+\d+\s+(-?\d+)\s+\d+%\s+(\/.*)$/u.exec(line);
    if (match === null) return [];
    const [, total = '', free = '', mountPoint = ''] = match;
    return [{ mountPoint, totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 }];
  });
  return rows.sort((one, other) => shareOf(one) - shareOf(other))[0];
}

/** Too little for a build: under 16 MiB or 1 %. What a failed build wrote is gone by the time one looks. */
export function isDiskFull({ totalBytes, freeBytes }: DiskSpace): boolean {
  return freeBytes < Math.max(minimumBytes, totalBytes / 100);
}

/** Enough again for a builder that had too little: twice what would count as full. */
export function hasRoomAgain({ totalBytes, freeBytes }: DiskSpace): boolean {
  return freeBytes >= 2 * Math.max(minimumBytes, totalBytes / 100);
}

/** `its disk is full: 3 MiB of 200 MiB are free in /nix`. */
export function describeFullDisk({ mountPoint, totalBytes, freeBytes }: DiskSpace): string {
  const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`;
  return `its disk is full: ${mebibytes(freeBytes)} of ${mebibytes(totalBytes)} are free in ${mountPoint}`;
}

function shareOf({ totalBytes, freeBytes }: DiskSpace): number {
  return totalBytes === 0 ? 1 : freeBytes / totalBytes;
}
