import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { AdminClient } from '../../emulator/cli/admin-client.ts';

test('a line that an emulator has not finished when it was killed is not handed on', async () => {
  const server = createServer((_, response) => {
    response.write('data: {"a":1}\ndata: {"b":', () => response.socket?.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const lines: string[] = [];
  const client = new AdminClient({ url: `http://127.0.0.1:${port}`, token: undefined });
  await client.follow('GET /events', (line) => lines.push(line));
  expect(lines).toEqual(['data: {"a":1}']);
  server.close();
});
