import type { Builder } from '../builders/builder.ts';
import { parseBuilders } from '../builders/machine-lines/parse-builders.ts';
import type { ReadInclude } from '../builders/machine-lines/split-lines.ts';
import { DispatchError, toDispatchError } from '../errors.ts';
import { serviceBuilders } from '../nixbuild/service.ts';
import type { Inputs } from './inputs.ts';
import { serviceOf, withService, withServicePrices } from './nixbuild.ts';
import { inputSchema, type InputField, type InputName, type InputValue } from './schema.ts';

/** What `builders` says for the runner's own Nix. */
const THIS_MACHINE = 'local';

const schema: { readonly [Name in InputName]: InputField<InputValue<Name>> } = inputSchema;

/**
 * Reads every input. `raw` gives an input's text by its name, empty where none was given; `readInclude` gives the text of
 * a machines file that `builders` includes.
 *
 * @throws DispatchError with code `input` that lists every fault, one line each. Secrets are never quoted.
 */
export function parseInputs(raw: (name: string) => string, readInclude: ReadInclude): Inputs {
  const faults: string[] = [];

  function read<Name extends InputName>(name: Name): InputValue<Name> {
    const field = schema[name];
    const text = raw(name).trim();
    const parsed = field.parse(text === '' ? field.default : text);
    if (parsed.kind === 'value') return parsed.value;
    const got = parsed.got ?? (field.secret ? 'something else (not shown)' : quote(text));
    faults.push(`- ${name}: expected ${parsed.expected}; got ${got}`);
    return defaultOf(name, field);
  }

  function readBuilders(): readonly Builder[] {
    const text = read('builders');
    if (text === '' && nixbuild !== undefined) return serviceBuilders(nixbuild);
    try {
      return withService(parseBuilders(text === '' ? THIS_MACHINE : text, readInclude), nixbuild);
    } catch (error) {
      const { message, hint } = toDispatchError(error, 'input');
      faults.push(
        ...message.split('\n').map((line) => `- ${line}`),
        ...(hint === undefined ? [] : [`  ${hint}`]),
      );
      return [];
    }
  }

  const nixbuild = serviceOf(read('nixbuild_host'), {
    hostKey: read('nixbuild_host_key'),
    apiUrl: read('nixbuild_api'),
    token: read('nixbuild_token'),
    privateKey: read('nixbuild_ssh_key'),
    settings: read('settings'),
    tags: read('tags'),
    oidc: read('oidc'),
  });
  const inputs: Inputs = {
    mode: read('mode'),
    flake: read('flake'),
    topAttrs: read('top_attrs'),
    filterBuilds: read('filter_builds'),
    labelBuilds: read('label_builds'),
    builders: readBuilders(),
    sshKey: read('ssh_key'),
    knownHosts: read('known_hosts'),
    hostKeyChecking: read('host_key_checking'),
    sshConfig: read('ssh_config'),
    withoutSecrets: read('without_secrets'),
    nixbuild,
    nixConf: read('nix_conf'),
    nixArgs: read('nix_args'),
    githubAccessToken: read('github_access_token'),
    ignoreBuildFailures: read('ignore_build_failures'),
    ignoreEvalFailures: read('ignore_eval_failures'),
    failFast: read('fail_fast'),
    failOnEmpty: read('fail_on_empty'),
    checkRuns: read('check_runs'),
    githubToken: read('github_token'),
    generateBuildSummary: read('generate_build_summary'),
    artifactPrefix: read('artifact_prefix'),
    evaluation: {
      workers: read('eval_workers'),
      maxMemoryBytes: read('eval_max_memory'),
      timeoutMs: read('eval_timeout'),
      systems: read('eval_systems'),
      usesCache: read('eval_cache'),
    },
    history: read('history'),
    sharesSubstituters: read('share_substituters'),
    limits: {
      maxSilentMs: read('max_silent_time'),
      timeoutMs: read('build_timeout'),
      maxLogBytes: read('max_log_size'),
      keepaliveMs: read('keepalive'),
      infraRetries: read('infra_retries'),
      retries: read('retries'),
    },
    delivery: {
      pushTo: read('push_to'),
      signingKey: read('push_signing_key'),
      isPushRequired: read('push_required'),
      skipsCached: read('skip_cached'),
      copiesOutputs: read('copy_outputs'),
      uploadOutputs: read('upload_outputs'),
    },
    prices: withServicePrices(
      {
        // The first rule that fits counts, so those for all builders come last.
        rules: [...read('prices'), ...read('cost_per_cpu_hour'), ...read('cost_per_hour')],
        currency: read('currency'),
      },
      nixbuild,
    ),
  };
  if (faults.length > 0) throw new DispatchError('input', faultText(faults));
  return inputs;
}

/** What tells of wrong inputs as a check run: as much of it as can be read where others can't. */
export function gateInputs(
  raw: (name: string) => string,
): Pick<Inputs, 'checkRuns' | 'githubToken' | 'artifactPrefix'> {
  const read = <Name extends InputName>(name: Name): InputValue<Name> => {
    const parsed = schema[name].parse(raw(name).trim() || schema[name].default);
    return parsed.kind === 'value' ? parsed.value : defaultOf(name, schema[name]);
  };
  const isRun = ['build', 'evaluate'].includes(read('mode'));
  return {
    checkRuns: isRun && read('check_runs'),
    githubToken: read('github_token'),
    artifactPrefix: read('artifact_prefix'),
  };
}

function faultText(faults: readonly string[]): string {
  return `Inputs are wrong; nothing was built:\n${faults.join('\n')}`;
}

// Cut by code points, so that half a character never reaches a log.
function quote(text: string): string {
  const head = /^[^]{0,80}/u.exec(text)?.[0] ?? '';
  return JSON.stringify(head === text ? text : `${head}…`);
}

function defaultOf<T>(name: string, field: InputField<T>): T {
  const parsed = field.parse(field.default);
  if (parsed.kind === 'fault') throw new Error(`The default of input ${name} is no valid value`);
  return parsed.value;
}
