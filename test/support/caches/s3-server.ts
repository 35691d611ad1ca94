import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findS3Server } from '../../../scripts/provision/s3-server.ts';

/** A server that speaks S3, with one bucket that is empty. */
export interface S3Server extends AsyncDisposable {
  /** Store URI of the bucket. */
  readonly uri: string;
  /** Keys of all objects. */
  keys(): Promise<readonly string[]>;
  read(key: string): Promise<string>;
}

/** Starts moto on a free port of this machine. */
export async function startS3Server(): Promise<S3Server> {
  const program = findS3Server();
  if (program === undefined) throw new Error('moto is not installed');
  const child = spawn(program, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let port = '';
  for await (const line of createInterface({ input: child.stderr })) {
    port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? '';
    if (port !== '') break;
  }
  child.stderr.resume();
  const url = `http://127.0.0.1:${port}/cache`;
  await fetch(url, { method: 'PUT' });
  // Debian's Nix has no part that signs requests: everybody may do everything.
  const statement = { Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::cache/*' };
  const policy = { Version: '2012-10-17', Statement: [statement] };
  await fetch(`${url}?policy`, { method: 'PUT', body: JSON.stringify(policy) });
  return {
    uri: `s3://cache?endpoint=127.0.0.1:${port}&scheme=http&region=us-east-1`,
    async keys() {
      const listing = await (await fetch(url)).text();
      return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
    },
    read: async (key) => (await fetch(`${url}/${key}`)).text(),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
