import { nixEnvironment, platformsOf, runNix, type NixProgram } from './evaluator/nix-command.ts';
import type { EvaluateOptions } from './options.ts';
import { findNix, resolveFlake } from './resolve-flake.ts';

/** Caches that a flake names in its `nixConfig`, `extra-` or not. */
export interface FlakeCaches {
  readonly substituters: readonly string[];
  readonly keys: readonly string[];
}

/** Which flake, and how Nix is asked of it. */
export interface FlakeCachesOptions extends Pick<EvaluateOptions, 'flake' | 'nixArgs' | 'nixConf'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const NAMES = ['substituters', 'extra-substituters', 'trusted-public-keys', 'extra-trusted-public-keys'];

/**
 * Reads what Nix would take over from a flake with `accept-flake-config`. Nothing of it is believed by whoever only reads it.
 *
 * @throws DispatchError when there is no such flake, or no Nix
 */
export async function readFlakeCaches(options: FlakeCachesOptions): Promise<FlakeCaches> {
  const bare: NixProgram = {
    program: 'nix',
    directory: process.cwd(),
    environment: options.environment,
    platforms: platformsOf(process.arch, process.platform),
  };
  const version = await findNix(bare);
  const nix = { ...bare, environment: nixEnvironment(options.environment, options.nixConf, version) };
  const { resolved } = await resolveFlake(nix, version, options.flake, options.nixArgs);
  const file = [resolved.sourcePath, resolved.directory, 'flake.nix'].filter((part) => part !== '').join('/');
  const wanted = NAMES.map((name) => `${name} = null;`).join(' ');
  const expression = `builtins.intersectAttrs { ${wanted} } ((import (/. + ${JSON.stringify(file)})).nixConfig or { })`;
  const { stdout } = await runNix(nix, ['eval', '--impure', '--json', '--expr', expression]);
  return parseFlakeCaches(stdout);
}

/** Reads lists, and texts with blanks between; anything else is none. */
export function parseFlakeCaches(json: string): FlakeCaches {
  const config = parseObject(json);
  const words = (name: string): readonly string[] => {
    const value = config[name];
    const texts = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
    return texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== '');
  };
  return {
    substituters: [...words('substituters'), ...words('extra-substituters')],
    keys: [...words('trusted-public-keys'), ...words('extra-trusted-public-keys')],
  };
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
