import type { ExposedBuilders } from '../../builders/expose/socket-store.ts';
import type { Inputs } from '../../inputs/inputs.ts';
import { addMachines, type AddedMachines } from './machines-file.ts';
import { findNixAccess } from './nix-access.ts';
import { withBuilders } from './nix-settings.ts';

/** How the job's Nix learns of the builders. */
export interface ConfiguredNix {
  /** For the rest of the job. */
  readonly nixConfig: string;
  /** A sentence for people. */
  readonly way: string;
  /** What was changed on this machine and has to be taken back. */
  readonly added: AddedMachines | undefined;
}

/**
 * Tells Nix of builders by the least that works: settings of the job, or where a daemon wouldn't believe those, the daemon's own.
 *
 * @param mark tells this job's changes from another's
 * @throws DispatchError `local` when neither works, with what to do
 */
export async function configureNix(
  inputs: Pick<Inputs, 'builders' | 'nixConf'>,
  { machineLines }: ExposedBuilders,
  mark: string,
  environment: NodeJS.ProcessEnv,
): Promise<ConfiguredNix> {
  const before = environment['NIX_CONFIG'] ?? '';
  const lines = machineLines.split('\n');
  const common = {
    buildsElsewhereOnly: !inputs.builders.some(({ address }) => address.kind === 'local'),
    nixConf: inputs.nixConf,
  };
  const access = await findNixAccess(environment);
  if (access.kind === 'direct' || access.trusted) {
    const why =
      access.kind === 'direct'
        ? 'its commands write the store themselves, without a daemon that would have to be told'
        : 'its daemon trusts this user';
    return {
      nixConfig: withBuilders(before, { ...common, machineLines: lines }),
      way: `Nix is told of the builders by NIX_CONFIG, which every later step of this job has: ${why}. A command under sudo gets it by sudo --preserve-env=NIX_CONFIG.`,
      added: undefined,
    };
  }
  const added = await addMachines(lines, mark);
  return {
    nixConfig: withBuilders(before, { ...common, machineLines: [] }),
    way: `The Nix daemon does not trust this user, so it is told of the builders in ${added.file}, until this job ends; other jobs of this machine use them too meanwhile. It does not let builders fetch from caches (builders-use-substitutes) unless its own nix.conf says so.`,
    added,
  };
}
