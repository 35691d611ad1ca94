import { describe, expect, test } from 'vitest';
import { attributePathOf, reproduceCommand, reproducibleFlake } from '../../../src/report/attribute.ts';
import { sampleJob, sampleReport } from '../../support/report/sample-report.ts';

function jobAt(attr: string) {
  return sampleJob(attr);
}

test('attribute paths are quoted where Nix needs it', () => {
  expect(attributePathOf(jobAt('hello'))).toBe('checks.x86_64-linux.hello');
  expect(attributePathOf(jobAt('weird.name'))).toBe('checks.x86_64-linux."weird.name"');
  expect(attributePathOf(jobAt('1st'))).toBe('checks.x86_64-linux."1st"');
  expect(attributePathOf(jobAt("it's"))).toBe("checks.x86_64-linux.it's");
});

// Each command was run against Nix 2.8.0: it selects the attribute of that name, from a shell.
test.each([
  ['hello', '.', `nix build '.#checks.x86_64-linux.hello' -L`],
  ['weird.name', 'github:o/r', `nix build 'github:o/r#checks.x86_64-linux."weird.name"' -L`],
  ['sl/ash:x', '.', `nix build '.#checks.x86_64-linux."sl/ash%3Ax"' -L`],
  ['a%25b', '.', `nix build '.#checks.x86_64-linux."a%2525b"' -L`],
  ["q'uote", '.', `nix build '.#checks.x86_64-linux.q%27uote' -L`],
  ['f^out', '.', `nix build '.#checks.x86_64-linux."f%5Eout"' -L`],
  ['$(id)', '.', `nix build '.#checks.x86_64-linux."%24%28id%29"' -L`],
  ['é#?', '.', `nix build '.#checks.x86_64-linux."%C3%A9%23%3F"' -L`],
  ['a\nb', '.', `nix build '.#checks.x86_64-linux."a%0Ab"' -L`],
  [
    'we"ird',
    './sub',
    String.raw`nix build --impure --expr '(builtins.getFlake (toString (./. + "/./sub")))."checks"."x86_64-linux"."we\"ird"' -L`,
  ],
  ['', '/abs', `nix build --impure --expr '(builtins.getFlake ("/abs"))."checks"."x86_64-linux".""' -L`],
  [
    '"${x}',
    'github:o/r',
    String.raw`nix build --impure --expr '(builtins.getFlake ("github:o/r"))."checks"."x86_64-linux"."\"\${x}"' -L`,
  ],
])('the command for attribute %j of %s', (attr, flake, expected) => {
  expect(reproduceCommand(jobAt(attr), flake)).toBe(expected);
});

describe('the flake reference that others can use', () => {
  test.each([
    ['.', 'git+file:///home/runner/work/x?rev=1', '.'],
    ['.', 'path:/nix/store/x', '.'],
    ['.', undefined, '.'],
    ['github:o/r', 'github:o/r/abc', 'github:o/r/abc'],
    ['git+ssh://h/r', 'git+ssh://h/r?rev=abc', 'git+ssh://h/r?rev=abc'],
  ])('%s locked to %s is %s', (flake, lockedFlake, expected) => {
    expect(reproducibleFlake(sampleReport({ flake, lockedFlake }))).toBe(expected);
  });
});
