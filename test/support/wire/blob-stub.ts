import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * The part of a blob service that imports and exports need. The container `stuck` takes no block and sends only the start of
 * a blob, then it is silent; `moved` says that its blobs are in the container `box`.
 */
export const startBlobs = async () => {
  const blobs = new Map<string, string>();
  const blocks = new Map<string, string>();
  let isStuck = (): void => {};
  const stuck = new Promise<void>((done) => {
    isStuck = done;
  });
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://blobs');
    const say = (status: number, body = ''): void => void response.writeHead(status).end(body);
    const body = await text(request);
    const right = { GET: 'r', HEAD: 'r', PUT: 'w', DELETE: 'd' }[request.method ?? ''] ?? '?';
    if (!searchParams.get('sp')?.includes(right)) return say(403);
    const blob = blobs.get(pathname);
    if (request.method === 'GET' && pathname.startsWith('/moved/'))
      return void response.writeHead(307, { location: (request.url ?? '').replace('/moved/', '/box/') }).end();
    if (request.method === 'GET' && pathname.startsWith('/stuck/')) return void response.writeHead(200).write(blob);
    if (right === 'w') {
      const isBlock = searchParams.get('comp') === 'block';
      if (isBlock && pathname.startsWith('/stuck/')) return isStuck();
      if (isBlock) blocks.set(`${pathname} ${searchParams.get('blockid')}`, body);
      else {
        const ids = [...body.matchAll(/<Latest>(.*?)<\/Latest>/g)].map(([, id]) => `${pathname} ${id}`);
        blobs.set(pathname, ids.map((id) => blocks.get(id) ?? '').join(''));
      }
      return say(201);
    }
    if (blob === undefined) return say(404);
    if (right === 'd') blobs.delete(pathname);
    return say(right === 'd' ? 202 : 200, blob);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    blobs,
    /** Settles when a block for the container `stuck` has arrived. */
    stuck,
    /** The URL of a container with the given rights. */
    container: (name: string, rights = 'rwdl'): string => `http://127.0.0.1:${port}/${name}?sp=${rights}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
};
