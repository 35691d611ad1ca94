// Copies paths from one builder to another with the action's own code, in a process of its own so that its memory can be watched.
import { readFileSync } from 'node:fs';
import { parseBuilders } from '../../../src/builders/machine-lines/parse-builders.ts';
import { openBuilder } from '../../../src/builders/open-builder.ts';
import { createStore } from '../../../src/dispatch/stores/store.ts';
import { copyClosure } from '../../../src/dispatch/stores/transfer.ts';
import { parseStorePath } from '../../../src/nix/store-path.ts';

/** What the process is told in a file, whose name is its argument. */
export interface CopyOrder {
  readonly machineLines: string;
  readonly key: string;
  readonly knownHosts: string;
  readonly paths: readonly string[];
}

/** What it prints. */
export interface CopyFigures {
  readonly connectSeconds: number;
  readonly copySeconds: number;
  /** Of this process, connecting included. */
  readonly cpuSeconds: number;
}

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CopyOrder;
const credentials = { privateKey: order.key, knownHosts: order.knownHosts };
const began = performance.now();
const [from, to] = await Promise.all(
  parseBuilders(order.machineLines, () => undefined).map((builder) => openBuilder(builder, credentials)),
);
if (from === undefined || to === undefined) throw new Error('expected two machine lines');
const connected = performance.now();
const paths = order.paths.map((path) => parseStorePath(path));
await copyClosure(createStore('from', from), createStore('to', to), paths);
const { user, system } = process.cpuUsage();
const figures: CopyFigures = {
  connectSeconds: (connected - began) / 1000,
  copySeconds: (performance.now() - connected) / 1000,
  cpuSeconds: (user + system) / 1e6,
};
console.log(JSON.stringify(figures));
from.close();
to.close();
