import { parentPort } from 'node:worker_threads';
import { loadJq } from 'jq-wasm/inline';

/** One call of jq: the program runs once over every value that it takes from `input`. */
export interface JqCall {
  readonly program: string;
  /** JSON text; '' only compiles the program. */
  readonly input: string;
}

/** What jq left. */
export interface JqResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const port = parentPort;
if (port !== null) {
  const jq = await loadJq();
  port.on('message', ({ program, input }: JqCall) => {
    port.postMessage(jq.raw(input, program, ['-c']) satisfies JqResult);
  });
}
