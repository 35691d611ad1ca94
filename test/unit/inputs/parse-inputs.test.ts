import { describe, expect, it } from 'vitest';
import { DispatchError } from '../../../src/errors.ts';
import { parseInputs } from '../../../src/inputs/parse-inputs.ts';

function parse(inputs: Readonly<Record<string, string>>) {
  return parseInputs(
    (name) => inputs[name] ?? '',
    () => undefined,
  );
}

function faultOf(inputs: Readonly<Record<string, string>>): DispatchError {
  try {
    parse(inputs);
  } catch (error) {
    if (error instanceof DispatchError) return error;
    throw error;
  }
  throw new Error('No fault was found');
}

describe('parseInputs', () => {
  it('gives the documented defaults when nothing is set', () => {
    expect(parse({})).toEqual({
      mode: 'build',
      flake: '.',
      topAttrs: ['checks', 'packages'],
      filterBuilds: '.top_attr == "checks"',
      labelBuilds: String.raw`"\(.attr) [\(.system)]"`,
      builders: [expect.objectContaining({ name: 'local', address: { kind: 'local' } })],
      sshKey: undefined,
      knownHosts: '',
      hostKeyChecking: 'strict',
      sshConfig: '',
      withoutSecrets: 'fail',
      nixbuild: undefined,
      nixConf: '',
      nixArgs: [],
      githubAccessToken: undefined,
      ignoreBuildFailures: false,
      ignoreEvalFailures: false,
      failFast: false,
      failOnEmpty: false,
      checkRuns: false,
      githubToken: undefined,
      generateBuildSummary: true,
      artifactPrefix: undefined,
      evaluation: {
        workers: undefined,
        maxMemoryBytes: undefined,
        timeoutMs: undefined,
        systems: undefined,
        usesCache: true,
      },
      history: { kind: 'automatic' },
      sharesSubstituters: false,
      limits: {
        maxSilentMs: undefined,
        timeoutMs: undefined,
        maxLogBytes: undefined,
        keepaliveMs: 30_000,
        infraRetries: 3,
        retries: 0,
      },
      delivery: {
        pushTo: [],
        signingKey: undefined,
        isPushRequired: false,
        skipsCached: false,
        copiesOutputs: false,
        uploadOutputs: '',
      },
      prices: { rules: [], currency: 'EUR' },
    });
  });

  it('takes blanks around a value and a value of blanks for nothing', () => {
    expect(parse({ fail_fast: ' true\n', flake: '  ' })).toMatchObject({ failFast: true, flake: '.' });
  });

  it('reports all faults together, in the order of the documentation', () => {
    const error = faultOf({
      flake: './a b',
      builders: 'ssh://ok\nssh://host x86_64-linux - many\n',
      fail_fast: 'yes',
      keepalive: '10ms',
      eval_workers: 'many',
    });
    expect(error.code).toBe('input');
    expect(error.message.split('\n')).toEqual([
      'Inputs are wrong; nothing was built:',
      '- flake: expected a flake reference such as ., ./sub or github:owner/repository; got "./a b"',
      expect.stringMatching(/^- builders line 2, column 4 \(max jobs\): .*"many"/),
      expect.stringMatching(
        /^ {2}A line is: URI systems.* without quotes around them or dashes before them\.$/,
      ),
      '- fail_fast: expected true or false; got "yes"',
      '- eval_workers: expected a whole number from 0 to 256; got "many"',
      '- keepalive: expected a duration of at least 1s; got "10ms"',
    ]);
  });

  it('lets a builder’s own price come before the price for all', () => {
    const { prices } = parse({ cost_per_cpu_hour: '0.12', prices: 'big 0.5 cpu-hour', currency: '$' });
    expect(prices.rules.map(({ pattern }) => pattern)).toEqual(['big', '*']);
    expect(prices.currency).toBe('$');
  });

  it('quotes no secret', () => {
    const error = faultOf({
      ssh_key: 'hunter2',
      github_access_token: 'two words',
      nix_conf: 'x = 1\naccess-tokens github.com:hunter2',
    });
    expect(error.message).not.toMatch(/hunter2|two words/);
    expect(error.message).toContain('nix_conf: expected lines of nix.conf');
    expect(error.message).toContain('line 2');
  });

  it('cuts long values and escapes what a log would obey', () => {
    const error = faultOf({ flake: `${'😀'.repeat(200)} x`, currency: '::error::\u001b[31m' });
    expect(error.message).toContain(`"${'😀'.repeat(80)}…"`);
    expect(error.message).not.toContain('\u001b');
  });
});
