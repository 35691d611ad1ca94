import { describe, expect, it } from 'vitest';
import { parseBuilders } from '../../../src/builders/machine-lines/parse-builders.ts';
import { formatHostKey } from '../../../src/builders/known-hosts/host-key.ts';
import { parseInputs } from '../../../src/inputs/parse-inputs.ts';
import { parsePairs, sessionEnvironment } from '../../../src/nixbuild/environment.ts';
import { parseUsage, withUsage } from '../../../src/nixbuild/usage.ts';
import { sampleBuild } from '../../support/report/sample-report.ts';

function parse(inputs: Readonly<Record<string, string>>) {
  return parseInputs(
    (name) => inputs[name] ?? '',
    () => undefined,
  );
}

describe('the preset', () => {
  it('needs nothing but a token', () => {
    const { builders, prices } = parse({ nixbuild_token: 'abc' });
    expect(
      builders.map(({ name, systems, supportedFeatures }) => [name, systems, supportedFeatures]),
    ).toEqual([
      ['x86_64-linux@eu.nixbuild.net', ['x86_64-linux'], ['big-parallel', 'benchmark', 'kvm', 'nixos-test']],
      ['aarch64-linux@eu.nixbuild.net', ['aarch64-linux'], ['big-parallel', 'benchmark']],
    ]);
    for (const { address, maxJobs, hostKey, parameters } of builders) {
      expect(address).toEqual({ kind: 'ssh', user: 'authtoken', host: 'eu.nixbuild.net', port: 22 });
      expect(maxJobs).toBe(200);
      expect(hostKey && formatHostKey(hostKey)).toBe(
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPIQCZc54poJ8vqawd8TraNryQeJnvH1eLpIDgbiqymM',
      );
      expect(parameters).toMatchObject({ granularity: 'closure', trusted: false });
    }
    expect(prices.rules).toEqual([{ pattern: 'eu.nixbuild.net', perHour: 120_000_000n, unit: 'cpu-hour' }]);
  });

  it('knows its price only where nobody says another', () => {
    const rules = (inputs: Readonly<Record<string, string>>) =>
      parse({ nixbuild_token: 'abc', ...inputs }).prices.rules.map(({ pattern }) => pattern);
    expect(rules({ cost_per_hour: '1' })).toEqual(['*']);
    expect(rules({ prices: '*.nixbuild.net 0.1 cpu-hour' })).toEqual(['*.nixbuild.net']);
    expect(rules({ prices: 'big 0.1 cpu-hour' })).toEqual(['big', 'eu.nixbuild.net']);
    expect(rules({ currency: 'USD' })).toEqual([]);
    expect(rules({ nixbuild_host: 'builds.example.org' })).toEqual([]);
  });

  it('builds here without token and key, as in pull requests from forks', () => {
    const { builders, nixbuild } = parse({ settings: 'max-cpu = 2' });
    expect(builders.map(({ name }) => name)).toEqual(['local']);
    expect(nixbuild).toBeUndefined();
  });

  it('fills in a machine line of the service, and no other', () => {
    const line = 'ssh-ng://me@eu.nixbuild.net x86_64-linux\nssh-ng://me@big x86_64-linux';
    const [service, other] = parse({ nixbuild_token: 'abc', builders: line }).builders;
    expect(service?.address).toMatchObject({ user: 'authtoken' });
    expect(service?.parameters.granularity).toBe('closure');
    expect(other).toEqual(parseBuilders('ssh-ng://me@big x86_64-linux', () => undefined)[0]);
  });

  it.each([
    ['nixbuild_host', 'a b', 'expected a host such as eu.nixbuild.net'],
    ['nixbuild_host', 'host:99999', 'expected a host such as eu.nixbuild.net'],
    ['nixbuild_host_key', 'ssh-rsa AAAA', 'expected a public key line'],
    ['nixbuild_api', 'http://api.nixbuild.net', 'with https'],
    ['nixbuild_api', 'https://me@api.nixbuild.net', 'without user'],
    ['nixbuild_api', 'api.nixbuild.net', 'expected an address such as'],
    ['settings', 'max-cpu = 2\nmax cpu 2', 'something else in line 2'],
    ['tags', '= v', 'something else in line 1'],
  ])('refuses %s: %s', (name, text, message) => {
    expect(() => parse({ [name]: text })).toThrow(message);
  });

  it.each([
    ['eu.nixbuild.net', { host: 'eu.nixbuild.net', port: 22 }],
    ['Builds.example.org:2222', { host: 'builds.example.org', port: 2222 }],
    ['[::1]:2222', { host: '::1', port: 2222 }],
  ])('takes the host %s', (nixbuild_host, expected) => {
    expect(parse({ nixbuild_host, nixbuild_token: 'abc' }).nixbuild).toMatchObject(expected);
  });
});

it('reads lines of names and values', () => {
  const { pairs, odd } = parsePairs('max-cpu = 2\n\n# no\ntag2=v\na = "x = y"\na = \'z\'\nb =\n!');
  expect([...pairs]).toEqual([
    ['max-cpu', '2'],
    ['tag2', 'v'],
    ['a', 'z'],
    ['b', ''],
  ]);
  expect(odd).toEqual([8]);
});

it('tells a session settings and tags, and keeps the tag by which usage is found', () => {
  const environment = sessionEnvironment(
    {
      token: undefined,
      settings: new Map([['max-cpu', '2']]),
      tags: new Map([
        ['GITHUB_SHA', 'mine'],
        ['GITHUB_INVOCATION_ID', 'forged'],
      ]),
    },
    { id: 'the-id', environment: { GITHUB_SHA: 'abc', GITHUB_JOB: '', HOME: '/h' }, idToken: 'jwt' },
  );
  expect(environment).toEqual({
    NIXBUILDNET_OIDC_ID_TOKEN: 'jwt',
    NIXBUILDNET_MAX_CPU: '2',
    NIXBUILDNET_TAG_GITHUB_SHA: 'mine',
    NIXBUILDNET_TAG_GITHUB_INVOCATION_ID: 'the-id',
  });
});

describe('usage', () => {
  const path = '/nix/store/a.drv';
  it('adds up the builds of a derivation', () => {
    const usage = parseUsage([
      { derivation_path: path, cpu_seconds: 3, peak_memory_use_kilobytes: 5, build_status: 'build_failed' },
      { derivation_path: path, cpu_seconds: 4, peak_memory_use_kilobytes: null, build_status: 'built' },
      { derivation_path: '/nix/store/b.drv', cpu_seconds: null, build_status: 'running' },
    ]);
    expect([...(usage ?? [])]).toEqual([[path, { cpuSeconds: 7, peakMemoryBytes: 5000 }]]);
  });
  it.each([[{}], [null], [[1]], [[{ cpu_seconds: 1 }]]])('takes %j for no answer', (answer) => {
    expect(parseUsage(answer)).toBeUndefined();
  });
  it('is given to what ran there, and to nothing else', () => {
    const attempt = {
      builder: 'service',
      startedAtMs: 0,
      finishedAtMs: 1,
      result: 'built',
      message: '',
    } as const;
    const there = sampleBuild('a', { drvPath: path, attempts: [attempt] });
    const usage = new Map([[path, { cpuSeconds: 7, peakMemoryBytes: undefined }]]);
    const [told] = withUsage([there], usage, new Set(['service']));
    expect(told?.cpu).toEqual({ seconds: 7, source: 'service' });
    expect(withUsage([there], usage, new Set(['another']))).toEqual([there]);
  });
});
