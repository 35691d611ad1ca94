import { expect } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../../scripts/provision/command.ts';
import type { NixVersion } from '../../scripts/provision/trees.ts';
import { evaluateFlake } from '../../src/flake/evaluate.ts';
import { VersionedNix } from '../support/flake/nix-version.ts';
import { farm, requires } from '../support/requirements.ts';

const { test } = requires(farm);
const L = 'x86_64-linux';
const MIB = 1024 ** 2;
/** The oldest and the newest: their evaluators die of different things. */
const VERSIONS: readonly NixVersion[] = ['2.8.0', '2.34.8'];

const DEFINITIONS = `
    make = name: derivation { inherit name; system = "${L}"; builder = "/bin/sh"; };
    deep = n: 1 + deep (n + 1);
    fill = n: let list = builtins.genList (i: { text = toString i; }) n; in
      builtins.foldl' (sum: item: sum + builtins.stringLength item.text) 0 list + builtins.length list;
    spin = sum: builtins.foldl' (a: b: a + b) 0
      (builtins.genList (x: builtins.foldl' (a: b: a + b) x (builtins.genList (y: y) 2000)) 3000000);`;

const flake = (attributes: string): string => `{
  outputs = { self }: let ${DEFINITIONS}
  in { checks.${L} = { ${attributes} }; };
}`;

const GOOD = Array.from({ length: 12 }, (_, index) => `good-${index} = make "good-${index}";`).join('\n');

for (const version of VERSIONS) {
  test(`Nix ${version}: every way to fail is told of its own attribute, and none hides another`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write(
      'f/flake.nix',
      flake(`${GOOD}
        e-abort = abort "over"; e-assert = assert 1 == 2; null; e-missing = self.nothing; e-self = self.checks.${L}.e-self;
        e-stack = make (toString (deep 0)); e-string = "a string"; e-throw = throw "thrown"; e-type = 1 + { };
        e-fake = { type = "derivation"; name = "fake"; }; e-lie = { type = "derivation"; drvPath = "/etc/passwd"; outPath = "/"; };`),
    );
    const { jobs, failures, events } = await nix.evaluate('path:/mnt/f');
    expect(jobs).toHaveLength(12);
    const messages = Object.fromEntries(failures.map(({ attr, message }) => [attr, message]));
    expect(messages).toEqual({
      'e-abort': expect.stringContaining('over'),
      'e-assert': expect.stringMatching(/assertion '.*' failed|not equal/),
      'e-missing': "attribute 'nothing' missing",
      'e-self': expect.stringContaining('infinite recursion'),
      'e-stack': expect.stringContaining('stack overflow'),
      'e-string': 'expected a derivation, found a string',
      'e-throw': 'thrown',
      'e-type': expect.stringMatching(/cannot (?:add|coerce)|expected an integer/),
      'e-fake': "attribute 'drvPath' missing",
      'e-lie': '"/etc/passwd" is not a store path: it does not begin with /nix/store/',
    });
    expect(events.at(-1)).toMatchObject({
      kind: 'finished',
      progress: { total: 22, evaluated: 22, failed: 10, selected: 12 },
    });
  });

  test(`Nix ${version}: an attribute that takes too long ends alone`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write('f/flake.nix', flake(`${GOOD} aaa = make (toString (spin 0));`));
    const { jobs, failures } = await nix.evaluate('path:/mnt/f', { timeoutMs: 3000 });
    expect(jobs).toHaveLength(12);
    expect(failures).toMatchObject([
      { attr: 'aaa', reason: 'timed-out', message: 'did not end within 3 s (input eval_timeout)' },
    ]);
  });

  test(`Nix ${version}: an attribute that needs too much memory ends alone; many that together do are all evaluated`, async () => {
    await using nix = await VersionedNix.create(version);
    const hungry = Array.from(
      { length: 10 },
      (_, index) => `h${index} = make "h\${toString (fill ${400_000 + index})}";`,
    );
    const kept = hungry.map((line) => line.replace('fill', 'builtins.seq self.kept fill'));
    const text = flake(`${kept.join('\n')} huge = make (toString (fill 30000000));`).replace(
      'in { checks',
      'in { kept = builtins.length (builtins.filter (x: x.text == "") (builtins.genList (i: { text = toString i; }) 300000)); checks',
    );
    await nix.write('f/flake.nix', text);
    const { jobs, failures } = await nix.evaluate('path:/mnt/f', { maxMemoryBytes: 400 * MIB });
    expect(failures).toMatchObject([
      {
        attr: 'huge',
        reason: 'out-of-memory',
        message: 'needs more memory than the 400 MiB that an evaluator may use (input eval_max_memory)',
      },
    ]);
    expect(jobs.map((job) => job.attr).sort()).toEqual(hungry.map((_, index) => `h${index}`));
  });

  test(`Nix ${version}: ending the iteration or the signal ends the evaluators`, async () => {
    await using nix = await VersionedNix.create(version);
    await nix.write(
      'f/flake.nix',
      flake(`${GOOD} spin-a = make (toString (spin 0)); spin-b = make (toString (spin 1));`),
    );
    const options = {
      flake: 'path:/mnt/f',
      topAttrs: ['checks'],
      systems: undefined,
      filter: 'true',
      label: '.attr',
      nixArgs: [],
      nixConf: '',
      nixProgram: nix.program,
      environment: nix.environment,
    };
    for await (const event of evaluateFlake(options)) if (event.kind === 'job') break;
    expect(await evaluatorsOf(nix.program)).toEqual([]);

    const cancel = new AbortController();
    const run = async (): Promise<void> => {
      for await (const event of evaluateFlake({ ...options, signal: cancel.signal })) {
        if (event.kind === 'job') cancel.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' });
    expect(await evaluatorsOf(nix.program)).toEqual([]);
  });
}

/** Evaluators have the path of their flake in their arguments or their input; the store they use is a mount of their own. */
async function evaluatorsOf(program: string): Promise<readonly string[]> {
  const folder = program.replace(/\/nix$/, '');
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { stdout } = await runCommand(['grep', '-ls', `${folder}/store`, ...(await mountTables())]);
    if (stdout.trim() === '') return [];
    await delay(100);
    if (attempt === 19) return stdout.trim().split('\n');
  }
  return [];
}

async function mountTables(): Promise<readonly string[]> {
  const { stdout } = await runCommand(['sh', '-c', 'ls -d /proc/[0-9]*/mountinfo']);
  return stdout.trim().split('\n');
}
