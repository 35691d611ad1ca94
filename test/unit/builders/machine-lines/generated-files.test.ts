import { expect, it } from 'vitest';
import { parseBuilders } from '../../../../src/builders/machine-lines/parse-builders.ts';

/** Machines files as other programs write and read them; `@` includes them by path. */
const files: Readonly<Record<string, string>> = {
  // nixos/modules/config/nix-remote-build.nix of nixpkgs, for nix.buildMachines with and without a value for each option.
  '/etc/nix/machines': [
    'ssh-ng://nix-ssh@builder1.example.org x86_64-linux,i686-linux /root/.ssh/id_builder 8 2 kvm,nixos-test,big-parallel benchmark - ',
    'ssh://10.0.0.7 aarch64-linux - 1 1 - - -',
    'builder3 x86_64-linux /run/keys/builder3 4 1 gpu gpu c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSVBJUUNaYzU0cG9KOHZxYXdkOFRyYU5yeVFlSm52SDFlTHBJRGdiaXF5bU0gcm9vdEBidWlsZGVyMwo=',
    '',
  ].join('\n'),
  // What Hydra's manual and module use: no scheme, localhost for Hydra's own machine, comments of the administrator.
  '/var/lib/hydra/machines': [
    '# our build farm',
    'localhost x86_64-linux,builtin - 4 1 kvm,nixos-test,big-parallel,benchmark - -',
    'root@mac1.example.org x86_64-darwin,aarch64-darwin /var/lib/hydra/queue-runner/.ssh/id_rsa 2 1',
    'hydra-builder@arm1 aarch64-linux /var/lib/hydra/queue-runner/.ssh/id_rsa 16 3 big-parallel big-parallel',
  ].join('\n'),
  // nix-darwin's linux-builder.
  '/etc/nix/machines.darwin':
    'ssh-ng://builder@linux-builder aarch64-linux /etc/nix/builder_ed25519 1 1 kvm,benchmark,big-parallel - c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUpCV2N4Yi9CbGFxdDFhdU90RStGOFFVV3JVb3RpQzVxQkorVXVFV2RWQ2Igcm9vdEBuaXhvcwo=\n',
};

const read = (path: string) => parseBuilders(`@${path}`, (name) => files[name]);

it('reads what a NixOS module writes', () => {
  expect(read('/etc/nix/machines')).toMatchObject([
    {
      address: { kind: 'ssh', user: 'nix-ssh', host: 'builder1.example.org', port: undefined },
      systems: ['x86_64-linux', 'i686-linux'],
      keyFile: '/root/.ssh/id_builder',
      maxJobs: 8,
      speedFactor: 2,
      supportedFeatures: ['kvm', 'nixos-test', 'big-parallel', 'benchmark'],
      mandatoryFeatures: ['benchmark'],
      hostKey: undefined,
    },
    { address: { user: undefined, host: '10.0.0.7' }, keyFile: undefined, supportedFeatures: [] },
    {
      address: { kind: 'ssh', host: 'builder3' },
      mandatoryFeatures: ['gpu'],
      hostKey: { type: 'ssh-ed25519' },
    },
  ]);
});

it('reads what Hydra reads, and takes localhost for this machine as it does', () => {
  expect(read('/var/lib/hydra/machines')).toMatchObject([
    { address: { kind: 'local' }, systems: ['x86_64-linux', 'builtin'], maxJobs: 4 },
    { address: { kind: 'ssh', user: 'root', host: 'mac1.example.org' }, maxJobs: 2, supportedFeatures: [] },
    { address: { user: 'hydra-builder', host: 'arm1' }, maxJobs: 16, speedFactor: 3 },
  ]);
});

it('reads what nix-darwin writes', () => {
  expect(read('/etc/nix/machines.darwin')).toMatchObject([
    { address: { user: 'builder', host: 'linux-builder' }, hostKey: { type: 'ssh-ed25519' } },
  ]);
});

it.each([
  ['localhost', 'local'],
  ['ssh://localhost', 'local'],
  ['ssh-ng://localhost', 'local'],
  ['ssh-ng://me@localhost', 'ssh'],
  ['ssh-ng://localhost:2222', 'ssh'],
  ['ssh-ng://localhost?remote-program=x', 'ssh'],
  ['localhost.example.org', 'ssh'],
])('%s is reached as %s', (uri, kind) => {
  expect(parseBuilders(uri, () => undefined)[0]?.address.kind).toBe(kind);
});
