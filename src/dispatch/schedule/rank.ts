import { createHeap, type Heap } from './heap.ts';
import { isOpen, type NodeRecord } from './node-record.ts';

/**
 * Gives a batch of nodes that were just linked their longest remaining path, and passes what grew on to the older nodes
 * below. Each node is looked at once a batch, and nothing below a finished one: near-linear over a whole run.
 *
 * @param added in the order of the batch, dependencies before dependants
 */
export function rankAdded(added: readonly NodeRecord[]): void {
  const oldest = added[0]?.order ?? 0;
  const grown = grownNodes();
  for (const record of added.toReversed()) {
    if (!isOpen(record)) continue;
    for (const input of record.dependencies) {
      if (raise(input, record.rank) && input.order < oldest) grown.push(input);
    }
  }
  passDown(grown);
}

/** Ranks a node that is about to be open again, and passes it on to the open ones below. */
export function rankReopened(record: NodeRecord): void {
  let above = 0;
  for (const dependant of record.dependants) {
    if (isOpen(dependant)) above = Math.max(above, dependant.rank);
  }
  record.rank = record.seconds + above;
  const grown = grownNodes();
  grown.push(record);
  passDown(grown);
}

// Dependants were added later, so each node is final when its turn comes.
function grownNodes(): Heap<NodeRecord> {
  return createHeap<NodeRecord>((one, other) => one.order > other.order);
}

function passDown(grown: Heap<NodeRecord>): void {
  let previous: NodeRecord | undefined;
  for (let record = grown.pop(); record !== undefined; record = grown.pop()) {
    if (record === previous) continue;
    previous = record;
    for (const input of record.dependencies) {
      if (raise(input, record.rank)) grown.push(input);
    }
  }
}

/** Whether the rank grew. Finished nodes need none: they get theirs when they are open again. */
function raise(record: NodeRecord, above: number): boolean {
  if (!isOpen(record) || record.seconds + above <= record.rank) return false;
  record.rank = record.seconds + above;
  if (record.queueIndex >= 0) record.buildClass?.queue.moveForward(record.queueIndex);
  return true;
}
