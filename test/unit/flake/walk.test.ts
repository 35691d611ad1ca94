import { expect, test } from 'vitest';
import { Collector } from '../../../src/flake/collector.ts';
import type { Reply } from '../../../src/flake/evaluator/evaluator.ts';
import { Selector } from '../../../src/flake/filter/selector.ts';
import type { EvaluationEvent } from '../../../src/flake/job.ts';
import { walkFlake } from '../../../src/flake/walk.ts';

type Tree = { readonly [name: string]: Tree } | string;

const HASH = 'h0qb3wmwhkx4nsnnlp5janwnw1bz9ng8';

interface Walked {
  readonly events: readonly EvaluationEvent[];
  readonly asked: readonly string[];
}

/** Walks a made-up flake: a leaf is a derivation of that name, fails if it begins with `!`, and is of the type behind a `#`. */
async function walk(
  tree: Tree,
  options: {
    readonly filter?: string;
    readonly topAttrs?: readonly string[];
    readonly systems?: readonly string[];
  },
): Promise<Walked> {
  const asked: string[] = [];
  const events: EvaluationEvent[] = [];
  const selector = await Selector.open({ filter: options.filter ?? 'true', label: '.attr', limitMs: 10_000 });
  const collector = new Collector(selector, (event) => events.push(event));
  try {
    await walkFlake(
      {
        ask: (line) => Promise.resolve(answer(tree, line, asked)),
        selector,
        collector,
        limits: { maxMemoryBytes: 1024 ** 3, timeoutMs: 1000 },
        roots: [],
        systems: options.systems,
      },
      options.topAttrs ?? ['checks', 'packages'],
    );
    collector.finish();
    return { events, asked: asked.sort() };
  } finally {
    await selector.close();
  }
}

function answer(tree: Tree, line: string, asked: string[]): Reply {
  const [, top = '', rest = ''] = /^\S+\.(?:value|app) (\w+)(.*)$/.exec(line) ?? [];
  const path = [top, ...[...rest.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')];
  asked.push(path.join('/'));
  let found: Tree | undefined = tree;
  for (const name of path) found = typeof found === 'object' ? found[name] : undefined;
  const around = { warnings: ['once'], builds: [], cost: { seconds: 0.1, memoryBytes: 1 } };
  const answered = (value: unknown): Reply => ({
    outcome: { kind: 'answered', json: JSON.stringify(value) },
    ...around,
  });
  if (found === undefined) {
    const error =
      path.length === 1 ? `error: undefined variable '${top}'` : `error: attribute '${path.at(-1)}' missing`;
    return { outcome: { kind: 'refused', error }, ...around };
  }
  if (typeof found === 'object') {
    return answered({
      kind: 'set',
      names: Object.keys(found),
      recurse: found['recurseForDerivations'] !== undefined,
    });
  }
  if (found.startsWith('!'))
    return { outcome: { kind: 'refused', error: `error: ${found.slice(1)}` }, ...around };
  if (found.startsWith('#')) return answered({ kind: 'other', type: found.slice(1) });
  return answered({
    kind: 'derivation',
    name: found,
    description: '',
    system: 'x86_64-linux',
    drvPath: `/nix/store/${HASH}-${found}.drv`,
    outputs: { out: `/nix/store/${HASH}-${found}` },
    features: [],
  });
}

function jobsOf({ events }: Walked): string[] {
  return events.flatMap((event) => (event.kind === 'job' ? [event.job.path.join('/')] : [])).sort();
}

function failuresOf({ events }: Walked): string[] {
  return events.flatMap((event) =>
    event.kind === 'failure' ? [`${event.failure.path.join('/')}: ${event.failure.message}`] : [],
  );
}

const FLAKE: Tree = {
  checks: { 'x86_64-linux': { a: 'a', bad: '!boo' }, 'aarch64-linux': { a: 'a' } },
  packages: { 'x86_64-linux': { p: 'p' } },
};

test('what should be a set of attributes and is none is a failure', async () => {
  const flake: Tree = { checks: '#list', packages: { 'x86_64-linux': '#int', 'aarch64-linux': { a: 'a' } } };
  const walked = await walk(flake, {});
  expect(jobsOf(walked)).toEqual(['packages/aarch64-linux/a']);
  expect(failuresOf(walked).sort()).toEqual([
    'checks: expected a set of attributes, found a list',
    'packages/x86_64-linux: expected a set of attributes, found an int',
  ]);
  expect(walked.events.at(-1)).toMatchObject({
    progress: { total: 3, evaluated: 3, failed: 2, selected: 1 },
  });
  expect(
    failuresOf(await walk(flake, { filter: '.top_attr == "packages" and .system == "aarch64-linux"' })),
  ).toEqual([]);
});

test('one broken attribute hides no other', async () => {
  const walked = await walk(FLAKE, {});
  expect(jobsOf(walked)).toEqual([
    'checks/aarch64-linux/a',
    'checks/x86_64-linux/a',
    'packages/x86_64-linux/p',
  ]);
  expect(failuresOf(walked)).toEqual(['checks/x86_64-linux/bad: boo']);
  expect(walked.events.at(-1)).toMatchObject({
    kind: 'finished',
    progress: { total: 4, evaluated: 4, failed: 1, selected: 3, pruned: 0 },
  });
});

test('what names rule out is never asked for', async () => {
  const { asked } = await walk(FLAKE, { filter: '.top_attr == "checks" and .system == "aarch64-linux"' });
  expect(asked).toEqual(['checks', 'checks/aarch64-linux', 'checks/aarch64-linux/a']);
});

test('a filter that needs values sees them', async () => {
  const walked = await walk(FLAKE, { filter: '.name == "p"' });
  expect(jobsOf(walked)).toEqual(['packages/x86_64-linux/p']);
  expect(walked.asked).toContain('checks/x86_64-linux/a');
});

test('other systems are left alone when systems are given', async () => {
  const { asked } = await walk(FLAKE, { systems: ['aarch64-linux'], topAttrs: ['checks'] });
  expect(asked).toEqual(['checks', 'checks/aarch64-linux', 'checks/aarch64-linux/a']);
});

test('a system whose set fails is one failure', async () => {
  const walked = await walk({ checks: { a: '!no such system', b: { x: 'x' } } }, {});
  expect(jobsOf(walked)).toEqual(['checks/b/x']);
  expect(failuresOf(walked)).toEqual(['checks/a: no such system']);
});

test('a flake without the usual outputs has no jobs and no failures', async () => {
  const walked = await walk({}, {});
  expect(walked.events.map((event) => event.kind)).toEqual(['finished']);
});

test('goes into sets where they are meant to be gone into', async () => {
  const walked = await walk(
    {
      legacyPackages: { s: { a: 'a', in: { recurseForDerivations: 'x', b: 'b' }, out: { c: '!no' } } },
      hydraJobs: { deep: { deeper: { d: 'd' } } },
      nixosConfigurations: { m: { config: { system: { build: { toplevel: 't' } } } } },
    },
    { topAttrs: ['legacyPackages', 'hydraJobs', 'nixosConfigurations'] },
  );
  expect(jobsOf(walked)).toEqual([
    'hydraJobs/deep/deeper/d',
    'legacyPackages/s/a',
    'legacyPackages/s/in/b',
    'nixosConfigurations/m/config/system/build/toplevel',
  ]);
  expect(failuresOf(walked)).toEqual([]);
});

test('what top_attrs names twice, or within another entry, is one job', async () => {
  const nixos = { m: { config: { system: { build: { toplevel: 't' } } } } };
  const walked = await walk(
    { ...FLAKE, nixosConfigurations: nixos },
    {
      topAttrs: [
        'packages',
        'packages.x86_64-linux.p',
        'packages.x86_64-linux',
        '"packages"',
        'nixosConfigurations.m.config.system.build.toplevel',
        'nixosConfigurations',
      ],
    },
  );
  expect(jobsOf(walked)).toEqual([
    'nixosConfigurations/m/config/system/build/toplevel',
    'packages/x86_64-linux/p',
  ]);
  expect(walked.asked).toEqual([...new Set(walked.asked)]);
});

test('a set that top_attrs names is meant to be gone into', async () => {
  const walked = await walk(
    { legacyPackages: { s: { a: 'a', unmarked: { b: 'b', below: { c: 'c' } } } } },
    { topAttrs: ['legacyPackages', 'legacyPackages.s.unmarked'] },
  );
  expect(jobsOf(walked)).toEqual(['legacyPackages/s/a', 'legacyPackages/s/unmarked/b']);
});

test('entries of top_attrs of different shapes are judged by what each path tells', async () => {
  const flake = {
    ...FLAKE,
    nixosConfigurations: { p: { config: { system: { build: { toplevel: 't' } } } } },
  };
  const entries = ['nixosConfigurations.p', 'packages.x86_64-linux'];
  for (const filter of ['.attr == "p"', '.system == "x86_64-linux"']) {
    for (const topAttrs of [entries, entries.toReversed()]) {
      expect(jobsOf(await walk(flake, { filter, topAttrs })), `${filter} ${topAttrs.join()}`).toEqual([
        'nixosConfigurations/p/config/system/build/toplevel',
        'packages/x86_64-linux/p',
      ]);
    }
  }
});

test('a set or a string is no derivation', async () => {
  const walked = await walk({ checks: { s: { a: { b: 'b' } } } }, {});
  expect(failuresOf(walked)).toEqual(['checks/s/a: expected a derivation, found a set']);
});

test('a warning is shown once', async () => {
  const { events } = await walk(FLAKE, {});
  const warnings = events.flatMap((event) => (event.kind === 'job' ? event.job.warnings : []));
  expect(warnings.length).toBeLessThanOrEqual(1);
});

test('a top-level output that is no attribute path is refused', async () => {
  await expect(walk(FLAKE, { topAttrs: ['a b'] })).rejects.toMatchObject({ code: 'input' });
  await expect(walk(FLAKE, { topAttrs: ['let'] })).rejects.toMatchObject({ code: 'input' });
});

test('an output that is neither in the flake nor usual may be misspelt, and there is a warning', async () => {
  const walked = await walk(FLAKE, { topAttrs: ['pacakges', 'checks', 'devShells', 'hydraJobs'] });
  expect(failuresOf(walked)).toEqual(['checks/x86_64-linux/bad: boo']);
  expect(walked.events.filter(({ kind }) => kind === 'warning')).toEqual([
    { kind: 'warning', message: 'top_attrs names pacakges, and the flake has no such output' },
  ]);
});
