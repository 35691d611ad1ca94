import { parseHostKeyChecking, parseWithoutSecrets } from './choices.ts';
import { parseMode } from './mode.ts';
import { parseApiUrl, parseHostAndPort, parseHostKey, parseSettings } from './nixbuild.ts';
import { parseHistory } from './history.ts';
import { parseNixConf } from './nix-conf.ts';
import type { Parsed } from './parsed.ts';
import { parseCurrency, parsePriceForAll, parsePrices } from './prices.ts';
import { parsePushTargets, parseSigningKey } from './push.ts';
import { parsePrivateKey } from './private-key.ts';
import { parseBoolean, parseCount, parseDuration, parseInterval, parseLimit, parseSize } from './scalars.ts';
import { parseArtifactPrefix, parseFlakeReference, parseText, parseToken } from './texts.ts';
import { parseArguments, parseSystems, parseTopAttrs } from './words.ts';

/** One input of the action: what an empty text means, and how a text is read. */
export interface InputField<T> {
  /** As in action.yml; stands in whenever the input is blank. */
  readonly default: string;
  /** Its text is never shown. */
  readonly secret: boolean;
  /** Gets the text without blanks around it. */
  readonly parse: (text: string) => Parsed<T>;
}

function field<T>(defaultText: string, parse: (text: string) => Parsed<T>): InputField<T> {
  return { default: defaultText, secret: false, parse };
}

function secret<T>(parse: (text: string) => Parsed<T>): InputField<T> {
  return { default: '', secret: true, parse };
}

const optionalWorkers = parseLimit(parseCount(0, 256));

/** Every input of the action by its name; action.yml, README.md and the reusable workflow are held to this table. */
export const inputSchema = {
  mode: field('build', parseMode),
  flake: field('.', parseFlakeReference),
  top_attrs: field('checks packages', parseTopAttrs),
  filter_builds: field('.top_attr == "checks"', parseText),
  label_builds: field('"\\(.attr) [\\(.system)]"', parseText),
  builders: field('', parseText),
  ssh_key: secret(parsePrivateKey),
  known_hosts: field('', parseText),
  host_key_checking: field('strict', parseHostKeyChecking),
  ssh_config: field('', parseText),
  without_secrets: field('fail', parseWithoutSecrets),
  nixbuild_token: secret(parseToken),
  nixbuild_ssh_key: secret(parsePrivateKey),
  settings: field('', parseSettings),
  tags: field('', parseSettings),
  oidc: field('false', parseBoolean),
  nixbuild_host: field('eu.nixbuild.net', parseHostAndPort),
  nixbuild_host_key: field(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM',
    parseHostKey,
  ),
  nixbuild_api: field('https://api.nixbuild.net', parseApiUrl),
  nix_conf: field('', parseNixConf),
  nix_args: field('', parseArguments),
  github_access_token: secret(parseToken),
  ignore_build_failures: field('false', parseBoolean),
  ignore_eval_failures: field('false', parseBoolean),
  fail_fast: field('false', parseBoolean),
  fail_on_empty: field('false', parseBoolean),
  eval_workers: field('', optionalWorkers),
  eval_max_memory: field('', parseLimit(parseSize)),
  eval_timeout: field('', parseLimit(parseDuration)),
  eval_systems: field('', parseSystems),
  eval_cache: field('true', parseBoolean),
  history: field('auto', parseHistory),
  max_silent_time: field('', parseLimit(parseDuration)),
  build_timeout: field('', parseLimit(parseDuration)),
  max_log_size: field('', parseLimit(parseSize)),
  keepalive: field('30s', parseInterval),
  infra_retries: field('3', parseCount(0, 100)),
  retries: field('0', parseCount(0, 100)),
  share_substituters: field('false', parseBoolean),
  push_to: field('', parsePushTargets),
  push_signing_key: secret(parseSigningKey),
  skip_cached: field('false', parseBoolean),
  push_required: field('false', parseBoolean),
  copy_outputs: field('false', parseBoolean),
  upload_outputs: field('', parseText),
  check_runs: field('false', parseBoolean),
  github_token: secret(parseToken),
  generate_build_summary: field('true', parseBoolean),
  artifact_prefix: field('', parseArtifactPrefix),
  cost_per_cpu_hour: field('', parsePriceForAll('cpu-hour')),
  cost_per_hour: field('', parsePriceForAll('hour')),
  prices: field('', parsePrices),
  currency: field('EUR', parseCurrency),
} as const;

/** Name of an input as users write it. */
export type InputName = keyof typeof inputSchema;

/** What reading the input `Name` gives. */
export type InputValue<Name extends InputName> =
  (typeof inputSchema)[Name] extends InputField<infer T> ? T : never;
