import type { Builder } from '../builders/builder.ts';
import { parseBuilders } from '../builders/machine-lines/parse-builders.ts';
import type { ReadInclude } from '../builders/machine-lines/split-lines.ts';
import { toDispatchError } from '../errors.ts';
import { serviceBuilders, type NixbuildService } from '../nixbuild/service.ts';
import { createInputReader, type InputReader } from './input-reader.ts';
import type { Inputs } from './inputs.ts';
import { serviceOf, withService, withServicePrices } from './nixbuild.ts';

/** What `builders` says for the runner's own Nix. */
const THIS_MACHINE = 'local';

/**
 * Reads every input. `raw` gives an input's text by its name, empty where none was given; `readInclude` gives the text of
 * a machines file that `builders` includes.
 *
 * @throws DispatchError with code `input` that lists every fault, one line each. Secrets are never quoted.
 */
export function parseInputs(raw: (name: string) => string, readInclude: ReadInclude): Inputs {
  const reader = createInputReader(raw);
  const { read } = reader;
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
    builders: readBuilders(reader, readInclude, nixbuild),
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
  reader.throwFaults();
  return inputs;
}

/** The machine that runs us where nothing is said, unless the service builds. */
function readBuilders(
  reader: InputReader,
  readInclude: ReadInclude,
  nixbuild: NixbuildService | undefined,
): readonly Builder[] {
  const text = reader.read('builders');
  if (text === '' && nixbuild !== undefined) return serviceBuilders(nixbuild);
  try {
    return withService(parseBuilders(text === '' ? THIS_MACHINE : text, readInclude), nixbuild);
  } catch (error) {
    reader.note(toDispatchError(error, 'input'));
    return [];
  }
}

/** What tells of wrong inputs, in a check run and in the summary: as much of it as can be read where others can't. */
export function earlyInputs(
  raw: (name: string) => string,
): Pick<Inputs, 'checkRuns' | 'githubToken' | 'artifactPrefix' | 'generateBuildSummary'> {
  const { read } = createInputReader(raw);
  const isRun = ['build', 'evaluate'].includes(read('mode'));
  return {
    checkRuns: isRun && read('check_runs'),
    githubToken: read('github_token'),
    artifactPrefix: read('artifact_prefix'),
    generateBuildSummary: read('generate_build_summary'),
  };
}
