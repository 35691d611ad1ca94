import { pipeline, type Duplex } from 'node:stream';

/** Passes everything on both ways, with back-pressure, until either side ends or breaks; then both are destroyed. */
export function joinStreams(client: Duplex, daemon: Duplex): void {
  const end = (): void => {
    client.destroy();
    daemon.destroy();
  };
  pipeline(client, daemon, end);
  pipeline(daemon, client, end);
}
