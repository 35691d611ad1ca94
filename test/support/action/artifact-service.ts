import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text, buffer } from 'node:stream/consumers';

/** An artifact as the service holds it. */
export interface StoredArtifact {
  readonly name: string;
  /** The ZIP archive. */
  readonly contents: Buffer;
}

/** A stand-in for GitHub's artifact service and the storage behind it, on this machine. */
export interface ArtifactService extends AsyncDisposable {
  /** Variables with which a step finds it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Artifacts whose upload was finished. */
  readonly artifacts: readonly StoredArtifact[];
}

/** Starts the service. With `refuses` it answers every request to create an artifact with 403, with `isSilent` none at all. */
export async function startArtifactService(
  options: { readonly refuses?: boolean; readonly isSilent?: boolean } = {},
): Promise<ArtifactService> {
  const blobs = new Map<string, Buffer[]>();
  const artifacts: StoredArtifact[] = [];

  /** Twirp's calls of ArtifactService, and the two of block blobs: Put Block and Put Block List. */
  const answer = async (request: IncomingMessage, url: URL): Promise<readonly [number, object]> => {
    const name = url.searchParams.get('name') ?? '';
    if (request.method === 'PUT') {
      const body = await buffer(request);
      if (url.searchParams.get('comp') === 'block') blobs.get(name)?.push(body);
      return [201, {}];
    }
    const { name: wanted = '' } = JSON.parse(await text(request)) as { readonly name?: string };
    if (options.refuses === true) return [403, { code: 'permission_denied', msg: 'not today' }];
    if (url.pathname.endsWith('/CreateArtifact')) {
      blobs.set(wanted, []);
      // At an address without a name, storage has its account and container in the path.
      const place = `http://${request.headers.host}/account/container/zip?name=${encodeURIComponent(wanted)}`;
      return [200, { ok: true, signed_upload_url: place }];
    }
    artifacts.push({ name: wanted, contents: Buffer.concat(blobs.get(wanted) ?? []) });
    return [200, { ok: true, artifact_id: String(artifacts.length) }];
  };

  const server = createServer((request, response) => {
    if (options.isSilent === true) return;
    void answer(request, new URL(request.url ?? '', 'http://service')).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    environment: {
      ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/`,
      ACTIONS_RUNTIME_TOKEN: `e30.${Buffer.from('{"scp":"Actions.Results:run:job"}').toString('base64url')}.e30`,
    },
    artifacts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
