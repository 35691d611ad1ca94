import { DispatchError } from '../errors.ts';
import type { StorePath } from '../nix/store-path.ts';

/** Inputs of a build that no store has any more. */
export class MissingInput extends DispatchError {
  readonly paths: readonly StorePath[];

  constructor(drvPath: StorePath, paths: readonly StorePath[]) {
    const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
    super('daemon', `no store has the input ${paths[0]}${others} of ${drvPath}`, {
      hint: 'A garbage collection may have dropped it while nobody was connected: what can be built is built again.',
    });
    this.paths = paths;
  }
}
