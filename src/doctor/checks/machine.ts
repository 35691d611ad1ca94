import { formatBytes, plural } from '../../report/durations.ts';
import { describeFullDisk, isDiskFull, type DiskSpace } from '../../dispatch/machine/free-disk.ts';
import { fault, good, unknown, warning, type Finding } from '../finding.ts';
import type { SshdLimits } from '../machine-state.ts';
import { inWorkflow, onBuilder, onEither, sshdSetting } from '../remedies.ts';

/** Below this share a disk is nearly full. */
const lowShare = 0.05;
const lowBytes = 2 * 1024 ** 3;
const lowInodes = 0.02;

/** Room for builds. */
export function diskFinding(disk: DiskSpace | undefined, freeInodes: number | undefined): Finding {
  if (disk === undefined) return unknown('disk', 'how much is free is not known');
  if (isDiskFull(disk)) return fault('disk', describeFullDisk(disk), DISK_REMEDIES);
  const room = `${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)} free in ${disk.mountPoint}`;
  if (freeInodes !== undefined && freeInodes < lowInodes) {
    return warning('disk', `${room}, but only ${percent(freeInodes)} of its files`, DISK_REMEDIES);
  }
  const isLow = disk.freeBytes < lowBytes && disk.freeBytes < disk.totalBytes * lowShare;
  return isLow ? warning('disk', `only ${room}`, DISK_REMEDIES) : good('disk', room);
}

const DISK_REMEDIES = [
  onBuilder('Make room now:', 'nix-collect-garbage --delete-older-than 14d'),
  ...onEither(
    'nix.gc.automatic = true; nix.settings.min-free = 5368709120; nix.settings.max-free = 21474836480;',
    {
      text: 'Keep room from now on; add to /etc/nix/nix.conf and restart the daemon (systemctl restart nix-daemon):',
      code: 'min-free = 5368709120\nmax-free = 21474836480',
    },
  ),
];

/** How many conversations could be held at once. */
export interface SlotsProbe {
  /** Of the machine line. */
  readonly maxJobs: number;
  readonly tried: number;
  readonly held: number;
  /** Why there could be no more. */
  readonly reason: string | undefined;
}

/** Max jobs against what sshd, the daemon and the machine allow. One conversation is for questions, the rest are slots. */
export function slotsFinding(
  { maxJobs, tried, held, reason }: SlotsProbe,
  sshd: SshdLimits | undefined,
  cores: number | undefined,
): Finding {
  if (held < tried) {
    const slots = Math.max(1, held - 1);
    return warning(
      'slots',
      `${slots} of ${maxJobs} can be used: ${reason ?? 'it allows no more connections'}`,
      [
        ...sshdSetting('MaxSessions', maxJobs + 2),
        ...onEither('services.openssh.settings.AllowStreamLocalForwarding = "yes";', {
          text: 'Or let the daemon be reached without a session each, in /etc/ssh/sshd_config:',
          code: 'AllowStreamLocalForwarding yes',
        }),
        inWorkflow('Or make column 4 of the machine line:', String(slots)),
      ],
    );
  }
  const ofCores = cores === undefined ? '' : ` on ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const ways =
    sshd === undefined || sshd.forwardsSockets
      ? ''
      : `, over ${plural(Math.ceil((maxJobs + 2) / Math.max(1, sshd.maxSessions)), 'connection')} of ${plural(sshd.maxSessions, 'session')}`;
  const all = tried > maxJobs ? '' : `; ${held} connections were tried`;
  return good('slots', `${maxJobs}${ofCores}${ways}${all}`);
}

/** The builder's clock against ours: it lies within `lowSeconds` and `highSeconds` of it. */
export interface ClockSkew {
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/** Differences that certificates and signatures take. */
const toleratedSeconds = 5;
const fatalSeconds = 300;

/** A clock that is wrong breaks TLS and signed requests of caches, and dates logs wrongly. */
export function clockFinding(skew: ClockSkew | undefined): Finding {
  if (skew === undefined) return unknown('clock', 'its time is not known');
  const { lowSeconds, highSeconds } = skew;
  // Only what is beyond doubt counts: an answer took its time.
  const least = lowSeconds > 0 ? lowSeconds : highSeconds < 0 ? -highSeconds : 0;
  if (least <= toleratedSeconds) return good('clock', 'as ours');
  const off = `${Math.round(least)} s ${lowSeconds > 0 ? 'ahead of' : 'behind'} ours`;
  const remedies = onEither('services.timesyncd.enable = true;', {
    text: 'Let it set its clock by the network:',
    code: 'timedatectl set-ntp true',
  });
  return least > fatalSeconds
    ? warning('clock', `${off}: caches with TLS or signed requests may refuse it`, remedies)
    : warning('clock', off, remedies);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
