import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { AzureStorage } from '../../../emulator/blobs/azure-storage.ts';
import { readStorageConnection } from '../../../emulator/blobs/storage-connection.ts';
import { listeningLog } from '../../support/wire/rest-client.ts';
import { silentServer } from '../../support/wire/store-client.ts';

// https://learn.microsoft.com/rest/api/storageservices/create-account-sas and create-service-sas

const KEY = Buffer.from('the secret of the account').toString('base64');
const closing = new AbortController();

/** The storage of an account at `port` of this machine. */
const storageAt = (port: number, timeoutMs?: number) => {
  const connection = readStorageConnection(
    `AccountName=acc;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${port}/acc`,
  );
  if (connection === undefined) throw new Error('not a connection string');
  const { log, lines } = listeningLog();
  const storage = new AzureStorage(connection, { log, closing: closing.signal, ...(timeoutMs && { timeoutMs }) });
  return { storage, lines };
};

/** A storage service that answers as it is told. */
const service = async (answer: (response: ServerResponse, line: string) => void) => {
  const seen: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    seen.push(url);
    answer(response, `${request.method} ${url.pathname}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of TCP servers
  return {
    seen,
    ...storageAt(port),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
};
const hmac = (...fields: string[]): string =>
  createHmac('sha256', Buffer.from(KEY, 'base64')).update(fields.join('\n')).digest('base64');
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    (value) => value,
    (error: { code: string; hint: string }) => [error.code, error.hint],
  );

test('the container is created with a SAS of the account', async () => {
  await using azure = await service((response) => response.writeHead(201).end());
  await azure.storage.prepare();
  const [url] = azure.seen;
  const query = Object.fromEntries(url?.searchParams ?? []);
  expect([url?.pathname, query]).toEqual([
    '/acc/uploads',
    {
      restype: 'container',
      sv: '2020-12-06',
      ss: 'b',
      srt: 'co',
      sp: 'c',
      se: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      sig: hmac('acc', 'c', 'b', 'co', '', query.se ?? '', '', '', '2020-12-06', '', ''),
    },
  ]);
});

test('a container that is there already is fine; any other refusal is told', async () => {
  let [status, code] = [409, 'ContainerAlreadyExists'];
  await using azure = await service((response) => response.writeHead(status, { 'x-ms-error-code': code }).end());
  await azure.storage.prepare();
  const warned = () => azure.lines.filter(({ text }) => text.includes('container')).map(({ fields }) => fields.cause);
  expect(warned()).toEqual([]);
  [status, code] = [403, 'AuthenticationFailed'];
  await azure.storage.prepare();
  expect(warned()).toEqual(['403 AuthenticationFailed']);
  expect(azure.lines[0]).toMatchObject({ text: 'The storage account is without TLS' });
});

test('a blob is looked for, with what the service says about it', async () => {
  await using azure = await service((response, line) => {
    if (line !== 'HEAD /acc/uploads/d1/a%20b.txt') response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': '11', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end();
  });
  expect(await azure.storage.find('d1/a b.txt')).toEqual({ size: 11, modifiedAt: Date.parse('2026-01-01') });
  expect(await azure.storage.find('d1/other')).toBeUndefined();
  const query = azure.seen[0]?.searchParams;
  const resource = '/blob/acc/uploads/d1/a b.txt';
  expect(query?.get('sig')).toBe(
    hmac('r', '', query?.get('se') ?? '', resource, '', '', 'https', '2020-12-06', 'b', '', '', '', '', '', '', ''),
  );
});

test('a service that refuses or does not answer is told', async () => {
  await using refusing = await service((response) =>
    response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed' }).end(),
  );
  expect(await codeOf(refusing.storage.find('d1/a'))).toEqual([
    'InvalidStorageEndpoint',
    'HEAD of d1/a: 403 AuthenticationFailed',
  ]);
  await using silent = await silentServer();
  const { storage, lines } = storageAt(silent.port, 50);
  const hint = `at http://127.0.0.1:${silent.port}: no answer within 50 ms`;
  expect(await codeOf(storage.find('d1/a'))).toEqual(['InvalidStorageEndpoint', `HEAD ${hint}`]);
  await storage.prepare();
  expect(lines.at(-1)?.fields.cause).toBe(`PUT ${hint}`);
});

test('a place is at the address of the account', async () => {
  await using azure = await service((response) => response.writeHead(201).end());
  const { hostName, containerName, sasToken } = azure.storage.place({ name: 'd1/a', lifeMs: 3_600_000 });
  expect([hostName, containerName]).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+\/acc$/), 'uploads']);
  expect(new URLSearchParams(sasToken).get('sp')).toBe('rw');
  while (azure.seen.length === 0) await new Promise((done) => setImmediate(done)); // the container is created meanwhile
});

// https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
test.each([
  [
    `DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=${KEY};EndpointSuffix=core.windows.net`,
    'https://acc.blob.core.windows.net/',
  ],
  [`AccountName=acc;AccountKey=${KEY}`, 'https://acc.blob.core.windows.net/'],
  [`AccountName=acc;AccountKey=${KEY};BlobEndpoint=http://h:1/acc;`, 'http://h:1/acc'],
  ['UseDevelopmentStorage=true', 'https://127.0.0.1:10000/devstoreaccount1'],
  ['AccountName=acc', undefined],
  [`AccountName=acc;AccountKey=${KEY};BlobEndpoint=file:///etc`, undefined],
  ['AccountName=acc;AccountKey=not base64', undefined],
  ['HostName=localhost;SharedAccessKeyName=iothubowner;SharedAccessKey=x', undefined],
  ['', undefined],
])('the connection string %j is read', (text, endpoint) => {
  expect(readStorageConnection(text)?.endpoint.href).toBe(endpoint);
});
