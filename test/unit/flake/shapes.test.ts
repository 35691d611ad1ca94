import { expect, test } from 'vitest';
import { fieldsKnownAt, placeAt, stepAt, systemAt } from '../../../src/flake/shapes.ts';

const L = 'x86_64-linux';

test.each([
  [['checks'], { kind: 'names' }],
  [['checks', L], { kind: 'names' }],
  [['checks', L, 'a'], { kind: 'visit', mode: 'value', path: ['checks', L, 'a'] }],
  [['apps', L, 'a'], { kind: 'visit', mode: 'app', path: ['apps', L, 'a'] }],
  [['formatter', L], { kind: 'visit', mode: 'value', path: ['formatter', L] }],
  [['legacyPackages', L], { kind: 'names' }],
  [['legacyPackages', L, 'a'], { kind: 'walk', into: 'marked-sets' }],
  [['hydraJobs'], { kind: 'walk', into: 'every-set' }],
  [['mine', 'a', 'b'], { kind: 'walk', into: 'every-set' }],
  [
    ['nixosConfigurations', 'm'],
    {
      kind: 'visit',
      mode: 'value',
      path: ['nixosConfigurations', 'm', 'config', 'system', 'build', 'toplevel'],
    },
  ],
  [
    ['homeConfigurations', 'me'],
    { kind: 'visit', mode: 'value', path: ['homeConfigurations', 'me', 'activationPackage'] },
  ],
])('%j is a step', (path, step) => {
  expect(stepAt(path)).toEqual(step);
});

test.each([
  [['checks', L, 'weird.name'], 'checks', L, 'weird.name'],
  [['formatter', L], 'formatter', L, 'formatter'],
  [['legacyPackages', L, 'nested', 'b.c'], 'legacyPackages', L, 'nested."b.c"'],
  [['nixosConfigurations', 'm', 'config', 'system', 'build', 'toplevel'], 'nixosConfigurations', '', 'm'],
  [
    ['nixosConfigurations', 'm', 'config', 'system', 'build', 'vm'],
    'nixosConfigurations',
    '',
    'm.config.system.build.vm',
  ],
  [['hydraJobs', 'tests', 'a', L], 'hydraJobs', L, 'tests.a'],
  [['mine', L, 'a'], 'mine', L, 'a'],
  [['mine', 'a'], 'mine', '', 'a'],
])('%j is a place', (path, topAttr, system, attr) => {
  expect(placeAt(path)).toEqual({ topAttr, system, attr, path });
  expect(systemAt(path) ?? '').toBe(system);
});

test.each([
  [['checks'], ['top_attr']],
  [
    ['checks', L],
    ['top_attr', 'system'],
  ],
  [
    ['checks', L, 'a'],
    ['top_attr', 'system', 'attr'],
  ],
  [
    ['legacyPackages', L, 'a'],
    ['top_attr', 'system'],
  ],
  [
    ['nixosConfigurations', 'm'],
    ['top_attr', 'attr'],
  ],
  [['hydraJobs', 'a', L], ['top_attr']],
])('%j tells of everything below it', (path, fields) => {
  expect(fieldsKnownAt(path)).toEqual(fields);
});
