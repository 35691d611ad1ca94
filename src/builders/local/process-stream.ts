import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * What a process prints and what it reads as one stream. It ends with the process.
 *
 * Not by `Duplex.from`: where a process leaves its input unread, that forgets what it has printed.
 */
export function processStream(stdout: Readable, stdin: Writable): Duplex {
  const stream = new Duplex({
    read: () => void stdout.resume(),
    // That nobody reads it is told by the end of the output, which has to be read first.
    write: (chunk: Uint8Array, _encoding, done) => void stdin.write(chunk, () => done()),
    final(done) {
      // Of one that is closed already, Node doesn't call back.
      if (stdin.destroyed) done();
      else stdin.end(() => done());
    },
    destroy(error, done) {
      stdout.destroy();
      stdin.destroy();
      done(error);
    },
  });
  stdin.on('error', () => {});
  stdout.on('error', (error) => stream.destroy(error));
  stdout.on('data', (chunk: Uint8Array) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  stdout.once('end', () => stream.push(null));
  stream.once('end', () => {
    const finish = (): void => void stream.end();
    if (stdin.closed) finish();
    else stdin.once('close', finish);
  });
  return stream;
}
