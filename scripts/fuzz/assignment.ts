import { MAX_INPUT_BYTES } from './mutate.ts';

/** What a thread is told to do. */
export interface Assignment {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  /** The input that it works on, so that one that never ends can be told: see {@link Desk}. */
  readonly desk: SharedArrayBuffer;
}

/** What a thread reports when it has found something; otherwise it sends a CampaignResult. */
export interface ReportedFinding {
  readonly message: string;
  readonly input: Uint8Array;
}

/** Memory that a thread and its watcher share. */
export interface Desk {
  readonly buffer: SharedArrayBuffer;
  /** Puts an input there before it is taken. */
  lay(input: Uint8Array): void;
  /** How many have been laid. */
  count(): number;
  /** A copy of the last one. */
  last(): Uint8Array;
}

const WORDS = 2;
const HEADER_BYTES = WORDS * Int32Array.BYTES_PER_ELEMENT;

/** Views shared memory as a desk; makes it when there is none. */
export function deskOn(buffer = new SharedArrayBuffer(HEADER_BYTES + MAX_INPUT_BYTES)): Desk {
  const header = new Int32Array(buffer, 0, WORDS);
  const bytes = new Uint8Array(buffer, HEADER_BYTES);
  return {
    buffer,
    lay(input) {
      bytes.set(input);
      header[1] = input.length;
      Atomics.add(header, 0, 1);
    },
    count: () => Atomics.load(header, 0),
    last: () => bytes.slice(0, header[1]),
  };
}
