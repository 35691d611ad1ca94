import type { CpuTime } from '../accounting/cpu-time.ts';

const MINUTE = 60;
const HOUR = 3600;

/**
 * A duration for a person: `3.2 s` below ten seconds, `1:05` below an hour, `2:01:05` from there.
 * Rounded to the unit shown before it is split, so that 119.7 s is `2:00`.
 */
export function formatDuration(seconds: number): string {
  const known = Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
  const tenths = Math.round(known * 10);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(known);
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  const rest = twoDigits(whole % MINUTE);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${twoDigits(minutes)}:${rest}`;
}

/** Like {@link formatDuration}, but `85 ms` below a second: for what mostly takes no tenth of one. */
export function formatBriefly(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  return milliseconds < 1000 ? `${Math.max(0, milliseconds)} ms` : formatDuration(seconds);
}

/** A moment, counted from the start of the run: `0:05` five seconds into it, `1:02:05` after an hour. */
export function formatMoment(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 10 ? `0:${twoDigits(whole)}` : formatDuration(whole);
}

/** The same to a tenth of a second, `0:05.3`. */
export function formatExactMoment(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${formatMoment(Math.floor(tenths / 10))}.${tenths % 10}`;
}

/** CPU time of several builds: `CPU 2:10` below an hour, from there in hours as prices are, `CPU 1.24 h`. */
export function formatCpuTotal(seconds: number): string {
  const isShort = Math.round(seconds) < HOUR;
  return `CPU ${isShort ? formatDuration(seconds) : `${(seconds / HOUR).toFixed(2)} h`}`;
}

/** CPU time with its source, `1:02 (cgroup)`; an estimate is an upper bound and says so; a dash when unknown. */
export function formatCpu(cpu: CpuTime | undefined): string {
  if (cpu === undefined) return '–';
  const bound = cpu.source === 'estimate' ? '≤ ' : '';
  return `${bound}${formatDuration(cpu.seconds)} (${cpu.source})`;
}

/** Bytes in binary units with one decimal, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** How much is shown of a log: `Last 20 lines of 1500`, or `All 6 lines`. */
export function logExtent(shown: number, all: number): string {
  if (shown < all) return `Last ${plural(shown, 'line')} of ${all}`;
  return shown === 1 ? 'The only line' : `All ${shown} lines`;
}

/** `1 job`, `2 jobs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
