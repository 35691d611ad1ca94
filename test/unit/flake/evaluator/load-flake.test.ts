import { expect, test } from 'vitest';
import { repl, type FlakeSource } from '../../../../src/flake/evaluator/load-flake.ts';
import { nixEnvironment, platformsOf } from '../../../../src/flake/evaluator/nix-command.ts';
import { parseNixVersion } from '../../../../src/flake/evaluator/nix-version.ts';

function source(version: string, nixArgs: readonly string[] = []): FlakeSource {
  return {
    nix: { program: 'nix', directory: '/', environment: { NIX_PATH: 'x=/y' }, platforms: ['x86_64-linux'] },
    version: parseNixVersion(`nix (Nix) ${version}`),
    url: 'path:/f?narHash=x',
    nixArgs,
  };
}

const GIB = 1024 ** 3;

test('newer versions take the flake as argument, in pure evaluation that nix_args can lift', () => {
  const { words, lines } = repl(source('2.26.3', ['--impure']), GIB);
  expect(lines).toEqual([]);
  const ours = ['--log-format', 'internal-json', 'path:/f?narHash=x'];
  expect(words.slice(-7)).toEqual(['--option', 'pure-eval', 'true', '--impure', ...ours]);
});

test('older versions are restricted and load the flake by command', () => {
  const { words, lines, environment } = repl(source('2.8.0'), GIB);
  expect(lines).toEqual([':load-flake path:/f?narHash=x']);
  expect(words).toContain('restrict-eval');
  expect(words).not.toContain('pure-eval');
  expect(environment['NIX_PATH']).toBe('');
});

test('older versions are not restricted when nix_args ask for impure evaluation', () => {
  const { words, environment } = repl(source('2.8.0', ['--impure', '--option', 'cores', '1']), GIB);
  expect(words).not.toContain('restrict-eval');
  expect(words).not.toContain('--impure');
  expect(words.slice(-5)).toEqual(['--option', 'cores', '1', '--log-format', 'internal-json']);
  expect(environment['NIX_PATH']).toBe('x=/y');
});

test('the collector is held to the limit', () => {
  const { environment } = repl(source('2.34.8'), GIB);
  expect(Number(environment['GC_MAXIMUM_HEAP_SIZE'])).toBeLessThan(GIB);
  expect(Number(environment['GC_INITIAL_HEAP_SIZE'])).toBeLessThan(GIB / 4);
});

test('settings go by environment, the user’s last; what belongs to the runner stays out', () => {
  const environment = nixEnvironment(
    {
      PATH: '/bin',
      NIX_CONFIG: 'sandbox = false',
      INPUT_SSH_KEY: 'secret',
      ACTIONS_RUNTIME_TOKEN: 'secret',
    },
    'access-tokens = github.com=t',
    parseNixVersion('nix (Nix) 2.18.1'),
  );
  expect(environment).toEqual({
    PATH: '/bin',
    NIX_CONFIG: [
      'sandbox = false',
      'accept-flake-config = false',
      'access-tokens = github.com=t',
      'extra-experimental-features = nix-command flakes repl-flake',
    ].join('\n'),
  });
});

test.each([
  ['x64', 'linux', ['x86_64-linux', 'i686-linux']],
  ['arm64', 'darwin', ['aarch64-darwin']],
  ['x64', 'darwin', ['x86_64-darwin']],
  ['riscv64', 'linux', ['riscv64-linux']],
])('%s on %s runs', (architecture, platform, systems) => {
  expect(platformsOf(architecture, platform)).toEqual(systems);
});
