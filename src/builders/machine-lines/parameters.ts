import type { BuilderParameters } from '../builder.ts';

/** Everything that parameters of a URI may set. */
export interface UriSettings extends BuilderParameters {
  readonly keyFile: string | undefined;
  readonly hostKeyBase64: string | undefined;
}

/** Parameters that Nix knows and that change nothing for us (protocol §13.3). */
const WITHOUT_EFFECT = new Set([
  'log-fd',
  'max-connection-age',
  'path-info-cache-size',
  'priority',
  'system-features',
  'want-mass-query',
]);

/**
 * Applies one `name=value` of a URI. Wrong values and names that nobody knows are faults: a mistyped one would
 * otherwise do nothing, silently.
 *
 * @param isServeScheme the URI is `ssh://`, whose `remote-program` names `nix-store` where we need `nix-daemon`
 */
export function applyParameter(
  settings: UriSettings,
  name: string,
  value: string,
  fault: (message: string) => void,
  isServeScheme: boolean,
): UriSettings {
  const flag = (): boolean => {
    if (value !== 'true' && value !== 'false') {
      fault(`expected ${name}=true or ${name}=false, got ${JSON.stringify(value)}`);
    }
    return value === 'true';
  };
  switch (name) {
    case 'ssh-key':
      return { ...settings, keyFile: value };
    case 'base64-ssh-public-host-key':
      return { ...settings, hostKeyBase64: value };
    case 'compress':
      return { ...settings, compress: flag() };
    case 'trusted':
      return { ...settings, trusted: flag() };
    case 'remote-program':
      return { ...settings, remoteProgram: programWords(value, isServeScheme) };
    case 'remote-store':
      return { ...settings, remoteStore: value === '' ? undefined : value };
    case 'max-connections':
      if (!/^[1-9]\d{0,4}$/.test(value)) {
        fault(`expected max-connections to be a number from 1, got ${JSON.stringify(value)}`);
      }
      return { ...settings, maxConnections: Number(value) };
    case 'granularity':
      if (value === 'derivation' || value === 'closure') return { ...settings, granularity: value };
      fault(`expected granularity=derivation or granularity=closure, got ${JSON.stringify(value)}`);
      return settings;
    case 'store':
      if (value !== '/nix/store')
        fault('builders with a store directory other than /nix/store cannot share paths');
      return settings;
    default:
      if (!WITHOUT_EFFECT.has(name)) fault(`no store has a parameter called ${JSON.stringify(name)}`);
      return settings;
  }
}

function programWords(value: string, isServeScheme: boolean): string[] | undefined {
  const words = value.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return isServeScheme ? words.map((word) => word.replace(/(^|\/)nix-store$/, '$1nix-daemon')) : words;
}
