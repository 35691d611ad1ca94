import { describe, expect, it } from 'vitest';
import { parseNixSettings } from '../../../src/builders/machine-facts.ts';
import { buildFinding } from '../../../src/doctor/checks/build.ts';
import { cachesFinding } from '../../../src/doctor/checks/caches.ts';
import { linkFinding } from '../../../src/doctor/checks/link.ts';
import { clockFinding, diskFinding, slotsFinding } from '../../../src/doctor/checks/machine.ts';
import { featuresFinding, systemsFinding, trustFinding } from '../../../src/doctor/checks/offer.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { fitting } from '../../../src/doctor/remedies.ts';

const codes = ({ remedies }: Finding): readonly string[] => remedies.flatMap(({ code }) => code ?? []);

function settings(values: Readonly<Record<string, unknown>>) {
  const entries = Object.entries(values).map(([name, value]) => [name, { value }]);
  return parseNixSettings(JSON.stringify(Object.fromEntries(entries)));
}

function promised(systems: readonly string[], features: readonly string[] = []) {
  return { systems, supportedFeatures: features, mandatoryFeatures: [] };
}

describe('systemsFinding', () => {
  const own = settings({ system: 'x86_64-linux', 'extra-platforms': ['i686-linux', 'x86_64-v2-linux'] });
  it('is a fault where the line promises more than the daemon takes', () => {
    const finding = systemsFinding(promised(['x86_64-linux', 'aarch64-linux']), own);
    expect(finding.verdict).toBe('fault');
    expect(finding.detail).toContain('aarch64-linux in the machine line');
    expect(codes(finding)).toEqual([
      'x86_64-linux',
      'boot.binfmt.emulatedSystems = [ "aarch64-linux" ];',
      'extra-platforms = aarch64-linux',
    ]);
  });
  it('mentions what the line leaves out, but no levels of the instruction set', () => {
    const finding = systemsFinding(promised(['x86_64-linux']), own);
    expect(finding).toMatchObject({ verdict: 'good', detail: 'x86_64-linux; it could build i686-linux too' });
  });
  it('claims nothing where settings can’t be read', () => {
    expect(systemsFinding(promised(['x86_64-linux']), undefined).verdict).toBe('unknown');
  });
});

describe('featuresFinding', () => {
  const own = settings({ 'system-features': ['big-parallel'] });
  it('is a fault where the daemon would refuse such builds', () => {
    const finding = featuresFinding(promised(['x86_64-linux'], ['big-parallel', 'kvm']), own);
    expect(finding.verdict).toBe('fault');
    expect(codes(finding)).toEqual([
      'nix.settings.system-features = [ "big-parallel" "kvm" ];',
      'extra-system-features = kvm',
      'ls -l /dev/kvm',
      'big-parallel',
    ]);
  });
  it('tells features that nobody uses', () => {
    const finding = featuresFinding(promised(['x86_64-linux']), own);
    expect(finding).toMatchObject({ verdict: 'good' });
    expect(finding.detail).toContain('it has big-parallel too');
    expect(featuresFinding(promised([]), own).detail).toBe('big-parallel');
  });
});

it('says how to trust a user', () => {
  expect(trustFinding('trusted', 'builder', undefined).verdict).toBe('good');
  expect(trustFinding('not-trusted', 'builder', 'closure').verdict).toBe('good');
  expect(codes(trustFinding('not-trusted', 'builder', undefined))).toEqual([
    'nix.settings.trusted-users = [ "root" "builder" ];',
    'extra-trusted-users = builder',
  ]);
});

describe('slotsFinding', () => {
  it('says how many slots there really are', () => {
    const probe = { maxJobs: 8, tried: 9, held: 4, reason: 'allows 2 sessions' };
    const finding = slotsFinding(probe, undefined, 2);
    expect(finding.detail).toBe('3 of 8 can be used: allows 2 sessions');
    expect(codes(finding)).toContain('MaxSessions 10');
    expect(codes(finding).at(-1)).toBe('3');
  });
  it('counts the connections that sessions are spread over', () => {
    const probe = { maxJobs: 30, tried: 31, held: 31, reason: undefined };
    const sshd = { maxSessions: 10, forwardsSockets: false };
    expect(slotsFinding(probe, sshd, 16).detail).toBe('30 on 16 cores, over 4 connections of 10 sessions');
    expect(slotsFinding(probe, { ...sshd, forwardsSockets: true }, 1).detail).toBe('30 on 1 core');
  });
});

describe('diskFinding', () => {
  const gib = 1024 ** 3;
  it.each([
    ['fault', 0, 100, 0.5],
    ['warning', 1, 100, 0.5],
    ['warning', 50, 100, 0.001],
    ['good', 50, 100, undefined],
    ['good', 1, 4, 0.9],
  ] as const)('is %s with %i of %i GiB and %s of the inodes', (verdict, free, total, inodes) => {
    const disk = { mountPoint: '/nix', totalBytes: total * gib, freeBytes: free * gib };
    expect(diskFinding(disk, inodes).verdict).toBe(verdict);
  });
});

it.each([
  ['good', 'as ours', -1, 1.5],
  ['good', 'as ours', -30, 10],
  ['good', 'as ours', 4, 6],
  ['warning', '60 s ahead of ours', 60, 62],
  ['warning', '90 s behind ours', -95, -90],
  ['warning', '4000 s behind ours: caches with TLS or signed requests may refuse it', -4002, -4000],
])('takes a clock for %s: %s', (verdict, detail, lowSeconds, highSeconds) => {
  expect(clockFinding({ lowSeconds, highSeconds })).toMatchObject({ verdict, detail });
});

describe('cachesFinding', () => {
  const nixos = 'https://cache.nixos.org';
  const key = 'cache.nixos.org-1:AAAA';
  it('is good where the keys fit', () => {
    const own = settings({
      substituters: [nixos, 'https://x.example.org'],
      'trusted-public-keys': [key, 'x:BB'],
    });
    expect(cachesFinding(own, [{ url: nixos, failure: undefined }]).verdict).toBe('good');
  });
  it('misses the key of a cache that everybody knows', () => {
    const own = settings({ substituters: [nixos], 'trusted-public-keys': ['mine:BB'] });
    const finding = cachesFinding(own, []);
    expect(finding.verdict).toBe('warning');
    expect(codes(finding).at(-1)).toMatch(/^extra-trusted-public-keys = cache\.nixos\.org-1:6NCH/);
  });
  it('misses keys only where signatures are asked for', () => {
    const values = { substituters: ['https://a.cachix.org'], 'trusted-public-keys': [key] };
    expect(cachesFinding(settings(values), []).verdict).toBe('warning');
    expect(cachesFinding(settings({ ...values, 'require-sigs': false }), []).verdict).toBe('good');
    const trusted = { ...values, substituters: ['https://a.cachix.org?trusted=1'] };
    expect(cachesFinding(settings(trusted), []).verdict).toBe('good');
  });
  it('names a cache that can’t be reached, as a word that a shell takes', () => {
    const url = "https://x/it's";
    const own = settings({ substituters: [url], 'trusted-public-keys': ['x:1'] });
    const finding = cachesFinding(own, [{ url, failure: 'no route' }]);
    expect(finding.detail).toContain('no route');
    expect(codes(finding)).toEqual([String.raw`nix store info --store 'https://x/it'\''s'`]);
  });
});

it('takes only a line that hurts for slow', () => {
  const measure = { roundTripMs: 80, upBytesPerSecond: 2 ** 24, downBytesPerSecond: 2 ** 25 };
  expect(linkFinding(measure)).toMatchObject({
    verdict: 'good',
    detail: 'round trip 80 ms, 16.0 MiB/s up, 32.0 MiB/s down',
  });
  expect(linkFinding({ ...measure, upBytesPerSecond: 2 ** 16 }).verdict).toBe('warning');
  expect(linkFinding({ ...measure, upBytesPerSecond: undefined }).verdict).toBe('good');
});

describe('buildFinding', () => {
  const done = { system: 'x86_64-linux', seconds: 1.2, hasLog: true, failure: undefined };
  it('wants the build and its log', () => {
    expect(buildFinding([done])).toMatchObject({ verdict: 'good', detail: 'x86_64-linux in 1.2 s' });
    expect(buildFinding([done, { ...done, hasLog: false }]).verdict).toBe('warning');
  });
  it.each([
    ["the group 'nixbld' specified in 'build-users-group' has no members", 'nix.nrBuildUsers = 32;'],
    ['cloning builder process: Operation not permitted', 'nix.settings.sandbox-fallback = true;'],
    ['writing to file: No space left on device', 'nix-collect-garbage --delete-older-than 14d'],
    ['something else', 'journalctl -u nix-daemon -n 50'],
  ])('finds a remedy for %j', (failure, remedy) => {
    const finding = buildFinding([{ ...done, failure }]);
    expect(finding.verdict).toBe('fault');
    expect(codes(finding)).toContain(remedy);
  });
});

it('keeps of a pair of remedies what fits the machine', () => {
  const { remedies } = trustFinding('not-trusted', 'me', undefined);
  expect(fitting(remedies, undefined)).toHaveLength(2);
  expect(fitting(remedies, 'nixos')).toMatchObject([
    { where: 'builder', code: expect.stringContaining('nix.settings') as string },
  ]);
  expect(fitting(remedies, 'debian')).toMatchObject([{ where: 'builder', code: 'extra-trusted-users = me' }]);
});
