import { pipeline, type Duplex } from 'node:stream';

/** Passes everything on both ways, with back-pressure, until either side ends or breaks; then both are hung up. */
export function joinStreams(client: Duplex, daemon: Duplex): void {
  const end = (): void => {
    hangUp(client);
    hangUp(daemon);
  };
  pipeline(client, daemon, end);
  pipeline(daemon, client, end);
}

/** Ends a stream. A channel of ssh2 says that it is closed only when everything in it has been read. */
export function hangUp(stream: Duplex): void {
  stream.destroy();
  stream.resume();
}
