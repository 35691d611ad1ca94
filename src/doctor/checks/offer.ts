import type { Builder } from '../../builders/builder.ts';
import type { NixSettings } from '../../builders/machine-facts.ts';
import { fault, good, unknown, warning, type Finding, type Remedy } from '../finding.ts';
import { inWorkflow, nixList, onBuilder, onEither } from '../remedies.ts';

/** What a builder's machine line promises, against what its own Nix accepts; undefined where that can't be asked. */
export type Promised = Pick<Builder, 'systems' | 'supportedFeatures' | 'mandatoryFeatures'>;

/** Systems that the builder's own settings do not have; none where those can't be asked. */
export function refusedSystems(
  systems: readonly string[],
  settings: NixSettings | undefined,
): readonly string[] {
  const own = settings?.text('system');
  if (settings === undefined || own === undefined) return [];
  const accepted = new Set([own, ...settings.list('extra-platforms')]);
  return systems.filter((system) => !accepted.has(system));
}

/** Systems of the machine line that the builder's daemon would refuse. */
export function systemsFinding(builder: Promised, settings: NixSettings | undefined): Finding {
  const own = settings?.text('system');
  if (settings === undefined || own === undefined) return notTold('systems', builder.systems);
  const accepted = [own, ...settings.list('extra-platforms')];
  if (builder.systems.length === 0) return good('systems', accepted.join(', '));
  const refused = refusedSystems(builder.systems, settings);
  if (refused.length > 0) {
    return fault(
      'systems',
      `${listed(refused)} in the machine line, but it builds ${listed(accepted)} only`,
      [
        inWorkflow(
          'Make column 2 of the machine line:',
          builder.systems.filter((system) => accepted.includes(system)).join(',') || own,
        ),
        ...emulation(refused),
      ],
    );
  }
  // Nix also counts levels of the instruction set as systems.
  const unused = accepted.filter((system) => !builder.systems.includes(system) && !/-v\d-/.test(system));
  const more = unused.length === 0 ? '' : `; it could build ${listed(unused)} too`;
  return good('systems', `${builder.systems.join(', ')}${more}`);
}

/** Features of the machine line that the builder's daemon would refuse builds for. */
export function featuresFinding(builder: Promised, settings: NixSettings | undefined): Finding {
  if (settings === undefined) return notTold('features', builder.supportedFeatures);
  const accepted = settings.list('system-features');
  const missing = builder.supportedFeatures.filter((feature) => !accepted.includes(feature));
  if (missing.length > 0) {
    const rest = builder.supportedFeatures.filter((feature) => accepted.includes(feature));
    return fault('features', `its Nix does not have ${listed(missing)}, which the machine line promises`, [
      ...nixList('system-features', [...accepted, ...missing], missing),
      ...(missing.includes('kvm') ? [onBuilder('Only where it has /dev/kvm:', 'ls -l /dev/kvm')] : []),
      inWorkflow('Or make column 6 of the machine line:', rest.join(',') || '-'),
    ]);
  }
  // A line that names systems names everything: what it leaves out is never used.
  const isSilent = builder.systems.length === 0 && builder.supportedFeatures.length === 0;
  const unused = isSilent ? [] : accepted.filter((feature) => !builder.supportedFeatures.includes(feature));
  const named = (isSilent ? accepted : builder.supportedFeatures).join(', ') || 'none';
  if (unused.length === 0) return good('features', named);
  return good('features', `${named}; it has ${listed(unused)} too, for column 6 of the machine line`);
}

/** Whether the daemon lets us place builds one by one. */
export function trustFinding(
  trust: 'trusted' | 'not-trusted' | 'unknown',
  user: string,
  granularity: Builder['parameters']['granularity'],
): Finding {
  if (granularity === 'closure') return good('trust', 'not needed: it is given whole jobs');
  if (trust === 'trusted') return good('trust', `${user} is a trusted user`);
  if (trust === 'unknown') return unknown('trust', 'the daemon does not say');
  return warning('trust', `${user} is no trusted user: each job goes as a whole to one builder`, [
    ...nixList('trusted-users', ['root', user], [user]),
  ]);
}

function emulation(systems: readonly string[]): readonly Remedy[] {
  const linux = systems.filter((system) => system.endsWith('-linux'));
  if (linux.length === 0) return [];
  return onEither(`boot.binfmt.emulatedSystems = [ ${linux.map((system) => `"${system}"`).join(' ')} ];`, {
    text: 'Or emulate it: install qemu-user-static, add to /etc/nix/nix.conf and restart the daemon:',
    code: `extra-platforms = ${linux.join(' ')}`,
  });
}

function notTold(check: 'systems' | 'features', named: readonly string[]): Finding {
  return unknown(check, `${named.join(', ') || 'none named'}; its own settings can't be read`);
}

function listed(items: readonly string[]): string {
  return items.join(', ');
}
