// Program of delay-proxy-process.ts: options as JSON in the argument, address on stdout, ends with its input.
import { once } from 'node:events';
import { startDelayProxy } from './delay-proxy.ts';
import type { DelayProxyOptions } from './delay-proxy.ts';

const options: DelayProxyOptions = JSON.parse(process.argv[2] ?? '');
await using proxy = await startDelayProxy(options);
console.log(`${proxy.host} ${proxy.port}`);
process.stdin.resume();
await once(process.stdin, 'end');
