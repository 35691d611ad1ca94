import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Farm } from '../../../test/support/farm/farm.ts';
import { bundle } from '../../bundle/bundle.ts';
import { atMost, type BenchCase } from '../case-report.ts';
import { measure } from './contenders.ts';
import type { CopyFigures, CopyOrder } from './copy-main.ts';
import type { Site } from './site.ts';

const memoryGoalBytes = 200 * 2 ** 20;

/** One large path from the first builder to the second, beside `nix copy`. */
export async function largeCopy(farm: Farm, site: Site, mebibytes: number): Promise<BenchCase[]> {
  const paths = await addFiles(farm, 1, mebibytes * 2 ** 20);
  const ours = await copyByAction(farm, site, paths);
  await forget(farm, paths);
  const stockSeconds = await copyByNix(farm, site, paths);
  await forget(farm, paths);
  const name = `${mebibytes} MiB to the other builder`;
  const { cpuSeconds } = ours.figures;
  const details = { actionSeconds: ours.seconds, nixCopySeconds: stockSeconds, cpuSeconds };
  const bench = 'dispatch';
  return [
    atMost(0.9, {
      bench,
      case: `${name} ÷ nix copy`,
      value: ours.seconds / stockSeconds,
      unit: '×',
      details,
    }),
    atMost(memoryGoalBytes / 2 ** 20, {
      bench,
      case: `${name}, peak memory`,
      value: ours.peakBytes / 2 ** 20,
      unit: 'MiB',
    }),
  ];
}

/** Many small paths, over connections that are open as they are in a run. */
export async function smallCopies(farm: Farm, site: Site, count: number, goal: number): Promise<BenchCase> {
  const paths = await addFiles(farm, count, 1000);
  const { figures, seconds } = await copyByAction(farm, site, paths);
  await forget(farm, paths);
  const stockSeconds = await copyByNix(farm, site, paths);
  return atMost(goal, {
    bench: 'dispatch',
    case: `${count} small paths at 50 ms ÷ nix copy`,
    value: figures.copySeconds / stockSeconds,
    unit: '×',
    details: { ...figures, wholeProcessSeconds: seconds, nixCopySeconds: stockSeconds },
  });
}

async function addFiles(farm: Farm, count: number, bytes: number): Promise<string[]> {
  const tag = randomBytes(6).toString('hex');
  const script = `mkdir /tmp/${tag} && cd /tmp/${tag} && for i in $(seq ${count}); do
    { echo ${tag} $i; head -c ${bytes} /dev/urandom; } > ${tag}-$i; done; nix-store --add *; rm -r /tmp/${tag}`;
  const printed = await farm.hosts[0]?.mustExec(['sh', '-c', script]);
  return (printed ?? '').trim().split('\n');
}

async function copyByAction(farm: Farm, site: Site, paths: readonly string[]) {
  const { machineLines, key, knownHosts } = site;
  const order: CopyOrder = { machineLines, key, knownHosts, paths };
  const file = join(farm.folder, 'copy-order.json');
  await writeFile(file, JSON.stringify(order));
  const profiles = process.env['BENCH_PROFILE'];
  const options = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const program = [process.execPath, ...options, await copyProgram(farm.folder), file];
  const measured = await measure(program, farm.folder, {});
  return { ...measured, figures: JSON.parse(measured.output) as CopyFigures };
}

/** Bundled as the action is: what Node needs to read TypeScript would count as ours. */
async function copyProgram(parent: string): Promise<string> {
  const folder = join(parent, 'copy-program');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const { name, contents } of await bundle({ copy: 'scripts/bench/dispatch/copy-main.ts' })) {
    await writeFile(join(folder, name), contents);
  }
  return join(folder, 'copy.js');
}

async function copyByNix(farm: Farm, site: Site, paths: readonly string[]): Promise<number> {
  const [from = '', to = ''] = site.stock.storeUris;
  const words = ['nix', 'copy', '--no-check-sigs', '--from', from, '--to', to, ...paths];
  return (await measure(words, farm.folder, site.stock.environment)).seconds;
}

/** Takes them from the second builder, so that the next one starts from the same. */
async function forget(farm: Farm, paths: readonly string[]): Promise<void> {
  await farm.hosts[1]?.mustExec(['sh', '-c', `nix-store --delete ${paths.join(' ')} >/dev/null`]);
}
