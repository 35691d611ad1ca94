import { DispatchError } from '../../errors.ts';
import { byteStringToText } from '../byte-string.ts';
import type { Derivation } from './derivation.ts';

/** What a derivation asks of whoever builds it (protocol §17, §13.1). */
export interface BuildOptions {
  /** A builder must have all of them. */
  readonly requiredSystemFeatures: readonly string[];
  /** A hint: cheaper to build than to send away. */
  readonly preferLocalBuild: boolean;
  /** False when fetching the outputs from a cache would cost more than building them. */
  readonly allowSubstitutes: boolean;
}

const STRUCTURED_ATTRIBUTES = '__json';

/**
 * Reads the options out of the environment, or out of `__json` where the derivation has structured attributes.
 *
 * @throws DispatchError `protocol` naming the derivation when `__json` is not what Nix writes
 */
export function buildOptions(derivation: Derivation): BuildOptions {
  const json = derivation.environment.get(STRUCTURED_ATTRIBUTES);
  const attributes =
    json === undefined ? undefined : parseAttributes(derivation.name, byteStringToText(json));
  const features =
    attributes === undefined
      ? words(derivation.environment.get('requiredSystemFeatures') ?? '')
      : stringList(derivation.name, attributes['requiredSystemFeatures']);
  return {
    requiredSystemFeatures: needsContentAddressing(derivation) ? [...features, 'ca-derivations'] : features,
    preferLocalBuild: flag('preferLocalBuild', false),
    allowSubstitutes: flag('allowSubstitutes', true),
  };

  function flag(name: string, fallback: boolean): boolean {
    if (attributes !== undefined) {
      const value = attributes[name];
      return typeof value === 'boolean' ? value : fallback;
    }
    const value = derivation.environment.get(name);
    return value === undefined ? fallback : value === '1';
  }
}

/** Whether only a builder with the `ca-derivations` feature can build it: some output's path follows from its contents. */
function needsContentAddressing(derivation: Derivation): boolean {
  return [...derivation.outputs.values()].some(({ kind }) => kind === 'floating' || kind === 'deferred');
}

function words(text: string): string[] {
  return text.split(/[ \t\n\r]+/).filter((word) => word !== '');
}

function parseAttributes(name: string, json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new DispatchError('protocol', `the __json of derivation ${name} is not JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DispatchError('protocol', `the __json of derivation ${name} is not an object`);
  }
  return value as Record<string, unknown>;
}

function stringList(name: string, value: unknown): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    const strings = value.filter((item) => typeof item === 'string');
    if (strings.length === value.length) return strings;
  }
  throw new DispatchError(
    'protocol',
    `requiredSystemFeatures of derivation ${name} is not a list of strings`,
  );
}
