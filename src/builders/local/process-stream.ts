import { Duplex, type Readable, type Writable } from 'node:stream';

/** For what a process says last on stderr. Something that it has left behind may keep that open. */
const LAST_WORDS_MS = 1000;

/**
 * What a process prints and what it reads as one stream. It ends with the process, when stderr has been read too: whoever is told of the end
 * asks there for the reason.
 *
 * Not by `Duplex.from`: where a process leaves its input unread, that forgets what it has printed.
 */
export function processStream(stdout: Readable, stdin: Writable, stderr: Readable): Duplex {
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
  stdout.once('end', () => {
    const end = (): void => {
      clearTimeout(timer);
      stderr.off('close', end);
      if (!stream.destroyed) stream.push(null);
    };
    const timer = setTimeout(end, LAST_WORDS_MS);
    if (stderr.closed) end();
    else stderr.once('close', end);
  });
  stream.once('end', () => {
    const finish = (): void => void stream.end();
    if (stdin.closed) finish();
    else stdin.once('close', finish);
  });
  return stream;
}
