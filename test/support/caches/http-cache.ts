import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server that keeps what is put there. */
export interface HttpCache extends AsyncDisposable {
  /** As this machine reaches it. */
  readonly url: string;
  /** It answers on all addresses of this machine. */
  readonly port: number;
  /** What it has, by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Methods and paths, in the order in which they came. */
  readonly requests: readonly string[];
  /** From where which paths were fetched. */
  readonly fetched: readonly { readonly from: string; readonly path: string }[];
  /** The most requests that were open at a time. */
  readonly mostAtOnce: number;
}

export interface HttpCacheOptions {
  /** Requests that are never answered. */
  readonly ignores?: (method: string, path: string) => boolean;
  /** Each answer comes so much later. */
  readonly delayMs?: number;
}

/** Starts it on this machine. */
export async function startHttpCache({
  ignores = () => false,
  delayMs = 0,
}: HttpCacheOptions = {}): Promise<HttpCache> {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  const fetched: { from: string; path: string }[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    if (method === 'GET') fetched.push({ from: request.socket.remoteAddress ?? '', path: url });
    if (ignores(method, url)) return;
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    void read(request).then((body) => {
      if (method === 'PUT') files.set(url, body);
      const file = files.get(url);
      setTimeout(() => {
        open -= 1;
        response.writeHead(file === undefined ? 404 : 200).end(method === 'GET' ? file : undefined);
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    files,
    requests,
    fetched,
    get mostAtOnce() {
      return mostAtOnce;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
