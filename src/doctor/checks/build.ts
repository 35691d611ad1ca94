import { fault, good, unknown, warning, type Finding, type Remedy } from '../finding.ts';
import { onBuilder, onEither } from '../remedies.ts';

/** What became of the build that does nothing. */
export interface DummyProbe {
  readonly system: string;
  readonly seconds: number;
  /** What it printed arrived here. */
  readonly hasLog: boolean;
  /** Undefined: it was built. */
  readonly failure: string | undefined;
}

/** One build for each system that the builder offers. */
export function buildFinding(probes: readonly DummyProbe[]): Finding {
  if (probes.length === 0) return unknown('build', 'its machine line names no system that it builds');
  const failed = probes.filter(({ failure }) => failure !== undefined);
  if (failed.length > 0) {
    const text = failed.map(({ system, failure }) => `${system}: ${failure}`).join('; ');
    return fault('build', text, remediesOf(text));
  }
  const done = probes.map(({ system, seconds }) => `${system} in ${seconds.toFixed(1)} s`).join(', ');
  if (probes.every(({ hasLog }) => hasLog)) return good('build', done);
  return warning('build', `${done}, but what it printed did not arrive`, [
    onBuilder('Builds will have no logs. Its Nix may be too old, or something between changes the protocol.'),
  ]);
}

function remediesOf(text: string): readonly Remedy[] {
  if (/no space left|disk is full/i.test(text)) {
    return [onBuilder('Make room:', 'nix-collect-garbage --delete-older-than 14d')];
  }
  if (/build users group|nixbld/i.test(text)) {
    return onEither('nix.nrBuildUsers = 32;', {
      text: 'Give it users to build as, in the group that build-users-group names:',
      code: 'groupadd -r nixbld\nfor n in $(seq 1 10); do useradd -r -g nixbld -G nixbld -d /var/empty -s /sbin/nologin nixbld$n; done',
    });
  }
  if (/operation not permitted|cloning builder process|unshare|pivot_root|namespace/i.test(text)) {
    return onEither('nix.settings.sandbox-fallback = true;', {
      text: 'Its kernel forbids the sandbox. Allow user namespaces, or in /etc/nix/nix.conf let Nix do without:',
      code: 'sandbox-fallback = true',
    });
  }
  if (/exec format error/i.test(text)) {
    return [
      onBuilder(
        'It can’t run programs of that system: install the emulator, or take the system out of column 2.',
      ),
    ];
  }
  return [onBuilder('The daemon’s own log may say more:', 'journalctl -u nix-daemon -n 50')];
}
