import { createServer } from 'node:http';
import { deriveFrom } from '../../emulator/auth/derive-key.ts';
import { Hub } from '../../emulator/hub/hub.ts';
import { renderTwin } from '../../emulator/hub/twins/twin-document.ts';
import { serve, settings } from './serve.ts';

// node:http with only a look into a cache of tokens, the same merge and the same answer

const { port, devices, authorization } = settings<{ port: number; devices: number; authorization: string }>();
const hub = new Hub({ derive: deriveFrom(1) });
for (let i = 0; i < devices; i++) hub.registry.create({ deviceId: `d${i}` }, {});
const verified = new Map([[authorization, Number.POSITIVE_INFINITY]]);
const route = /^\/twins\/([^/?]+)\?api-version=/;

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const deviceId = route.exec(request.url ?? '')?.[1];
    const expiresAt = verified.get(request.headers.authorization ?? '') ?? 0;
    if (deviceId === undefined || request.method !== 'PATCH' || expiresAt < Date.now())
      return void response.writeHead(400).end();
    const twin = hub.twins.patch(deviceId, JSON.parse(Buffer.concat(chunks).toString('utf8')));
    const body = JSON.stringify(renderTwin(twin));
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
}).listen(port, '127.0.0.1', () => serve({}));
