import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { STORE_BYTES } from '../../../emulator/hub/files/blobs.ts';
import { signBlobSas } from '../../../protocol/blob-sas.ts';
import { ACCOUNT } from '../../support/hub/files.ts';
import { type BlobAsk, startStore } from '../../support/wire/store-client.ts';

// https://learn.microsoft.com/rest/api/storageservices/create-service-sas

type Store = Awaited<ReturnType<typeof startStore>>;

const codeOf = async (reply: ReturnType<Store['ask']>) => {
  const { status, code } = await reply;
  return code === undefined ? status : [status, code];
};
const NOW = Date.parse('2026-01-01T00:00:00Z');
const sasFor = (change: Partial<Parameters<typeof signBlobSas>[1]> = {}, account = ACCOUNT): string =>
  signBlobSas(account, { container: 'uploads', blob: 'b', permissions: 'rw', expiresAt: NOW + 60_000, ...change });

test('the signature is that of the documented text', () => {
  const sas = new URLSearchParams(sasFor().slice(1));
  const text = [
    ...['rw', '', '2026-01-01T00:01:00Z', '/blob/iothubemulator/uploads/b', '', '', 'https', '2020-12-06', 'b'],
    ...['', '', '', '', '', '', ''],
  ].join('\n');
  const hmac = createHmac('sha256', Buffer.from(ACCOUNT.key, 'base64')).update(text).digest('base64');
  expect(sas.get('sig')).toBe(hmac);
});

test.each<[string, string, unknown]>([
  ['none', '?x=1', [401, 'NoAuthenticationInformation']],
  ['of another blob', sasFor({ blob: 'c' }), [403, 'AuthenticationFailed']],
  ['of another container', sasFor({ container: 'others' }), [403, 'AuthenticationFailed']],
  ['of another key', sasFor({}, { ...ACCOUNT, key: 'AAAA' }), [403, 'AuthenticationFailed']],
  [
    'with more rights than were signed',
    sasFor({ permissions: 'r' }).replace('sp=r', 'sp=rw'),
    [403, 'AuthenticationFailed'],
  ],
  ['that lasts longer than was signed', sasFor().replace('00%3A01', '00%3A02'), [403, 'AuthenticationFailed']],
  ['without an expiry', sasFor().replace(/&se=[^&]*/, ''), [403, 'AuthenticationFailed']],
  ['that has expired', sasFor({ expiresAt: NOW }), [403, 'AuthenticationFailed']],
  ['that is for reading', sasFor({ permissions: 'r' }), [403, 'AuthorizationPermissionMismatch']],
  ['with a short signature', sasFor().replace(/sig=.*/, 'sig=AAAA'), [403, 'AuthenticationFailed']],
])('a SAS %s is refused', async (_, sas, expected) => {
  await using store = await startStore();
  const asked: BlobAsk = { sas, body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } };
  expect(await codeOf(store.ask('PUT', 'b', asked))).toEqual(expected);
  expect(store.blobs.find('b')).toBeUndefined();
  expect(store.lines).toMatchObject([{ level: 'info', text: 'Refused a request' }]);
});

// the hub in Azure signs with 2018-03-28
test.each(['2018-03-28', '2018-11-09', '2020-10-02', '2020-12-06'])('a SAS of version %s is admitted', async (sv) => {
  await using store = await startStore();
  const se = '2026-01-01T00:01:00Z';
  const text = [
    ...['rw', '', se, '/blob/iothubemulator/uploads/b', '', '', '', sv],
    ...(sv === '2018-03-28' ? [] : ['b', '']),
    ...(sv === '2020-12-06' ? [''] : []),
    ...['', '', '', '', ''],
  ].join('\n');
  const sig = createHmac('sha256', Buffer.from(ACCOUNT.key, 'base64')).update(text).digest('base64');
  const sas = `?${new URLSearchParams({ sv, sr: 'b', sp: 'rw', se, sig })}`;
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  expect(await codeOf(store.ask('PUT', 'b', { sas, body: 'x', headers }))).toBe(201);
});

test('a SAS follows the clock of the hub', async () => {
  await using store = await startStore();
  const { sasToken } = store.begin('a');
  const put = () =>
    codeOf(store.ask('PUT', 'd1/a', { sas: sasToken, body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } }));
  expect(await put()).toBe(201);
  store.clock.advance(3_600_000);
  expect(await put()).toEqual([403, 'AuthenticationFailed']);
});

test('a name that leaves its place is not the one that was signed', async () => {
  await using store = await startStore();
  const { sasToken } = store.begin('a');
  const headers = { 'x-ms-blob-type': 'BlockBlob' };
  for (const name of ['d1/../d2/a', 'd1/%2e%2e/d2/a', 'd1/..%2Fd2/a', 'd1//a', 'd2/a', 'd1%5Ca'])
    expect(
      await codeOf(store.raw('PUT', `/iothubemulator/uploads/${name}${sasToken}`, { body: 'x', headers })),
    ).toEqual([403, 'AuthenticationFailed']);
  expect(await codeOf(store.raw('PUT', `/iothubemulator/others/d1/a${sasToken}`))).toEqual([404, 'ContainerNotFound']);
  expect(await codeOf(store.raw('PUT', `/iothubemulator/uploads/${sasToken}`))).toEqual([400, 'InvalidUri']);
  expect(await codeOf(store.raw('PUT', `/iothubemulator/uploads/%zz${sasToken}`))).toEqual([400, 'InvalidUri']);
  expect([...store.blobs.entries()]).toEqual([]);
});

// getBlobUri of com.microsoft.azure.sdk.iot.device 2.5.0 uses java.net.URLEncoder
test('plus signs in place of blanks are explained', async () => {
  await using store = await startStore();
  const { sasToken } = store.begin('a b.txt');
  const { status, bytes } = await store.raw('PUT', `/iothubemulator/uploads/d1%2Fa+b.txt${sasToken}`);
  expect([status, String(bytes)]).toEqual([403, expect.stringContaining('getBlobUri of the SDK for Java does that')]);
});

test('a body that is larger than what is free is refused before it is sent', async () => {
  await using store = await startStore(200);
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-length': String(STORE_BYTES + 1) };
  // nothing of the body is sent: the answer comes without it
  const socket = connect(store.port, '127.0.0.1');
  socket.write(head('PUT', 'b', headers));
  expect(await answerOn(socket)).toContain('413 Payload Too Large');
  // what comes nevertheless is thrown away, and not for ever
  const closed = new Promise((done) => socket.on('error', () => {}).once('close', done));
  const send = (): void => void (socket.writable && socket.write(Buffer.alloc(1024), () => setImmediate(send)));
  send();
  await closed;
});

test('all bodies that are on their way count together', async () => {
  await using store = await startStore();
  const MB = 1024 * 1024;
  store.blobs.put('large', new Uint8Array(STORE_BYTES - 2 * MB), {});
  const first = connect(store.port, '127.0.0.1');
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-length': String(1.5 * MB), expect: '100-continue' };
  first.write(head('PUT', 'b', headers));
  expect(await answerOn(first)).toContain('100 Continue');
  const body = Buffer.alloc(MB);
  expect(await codeOf(store.put('c', body))).toEqual([413, 'RequestBodyTooLarge']);
  first.destroy();
  // what was on its way is free again
  while ((await store.put('c', body)).status !== 201);
});

test('a body without an end is refused', async () => {
  await using store = await startStore();
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'transfer-encoding': 'chunked' };
  const socket = connect(store.port, '127.0.0.1');
  socket.write(head('PUT', 'b', headers));
  expect(await answerOn(socket)).toContain('411 Length Required');
  socket.destroy();
});

test('a body that never comes ends its connection', async () => {
  await using store = await startStore(100);
  const socket = connect(store.port, '127.0.0.1');
  socket.write(head('PUT', 'b', { 'x-ms-blob-type': 'BlockBlob', 'content-length': '10' }));
  await new Promise((closed) =>
    socket
      .on('error', () => {})
      .once('close', closed)
      .resume(),
  );
  expect(store.blobs.find('b')).toBeUndefined();
});

test('a list of blocks is small', async () => {
  await using store = await startStore();
  const body = `${' '.repeat(9 * 1024 * 1024)}x`;
  expect(await codeOf(store.ask('PUT', 'b', { query: 'comp=blocklist', body }))).toEqual([413, 'RequestBodyTooLarge']);
  const slow = `${' '.repeat(4 * 1024 * 1024)}x`;
  expect(await codeOf(store.ask('PUT', 'b', { query: 'comp=blocklist', body: slow }))).toEqual([
    400,
    'InvalidXmlDocument',
  ]);
});

const head = (method: string, name: string, headers: Readonly<Record<string, string>>): string => {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([key, value]) => `${key}: ${value}\r\n`);
  return `${method} /iothubemulator/uploads/${name}${sasFor({ blob: name })} HTTP/1.1\r\n${lines.join('')}\r\n`;
};

const answerOn = (socket: ReturnType<typeof connect>): Promise<string> =>
  new Promise((done) => socket.once('data', (bytes) => done(String(bytes))));

// the text that is signed has a line for each field
test('a name with line ends does not sign for other blobs', async () => {
  await using store = await startStore();
  store.blobs.put('d2/secret', Buffer.from('x'), {});
  const name = 'a\n\n2099-01-01T00:00:00Z\n/blob/iothubemulator/uploads/d2/secret';
  const { signed, forged } = forge(name);
  expect(await codeOf(store.ask('GET', `d1/${name}`, { sas: signed }))).toEqual([404, 'BlobNotFound']);
  for (const method of ['GET', 'DELETE'])
    expect(await codeOf(store.ask(method, 'd2/secret', { sas: forged }))).toEqual([403, 'AuthenticationFailed']);
  expect(store.blobs.find('d2/secret')).toBeDefined();
});

const forge = (name: string): { readonly signed: string; readonly forged: string } => {
  const signed = sasFor({ blob: `d1/${name}` });
  const fields = new URLSearchParams(signed.slice(1));
  const [first = '', start = '', expiry = ''] = name.split('\n');
  fields.set('sp', `rw\n\n${fields.get('se')}\n/blob/iothubemulator/uploads/d1/${first}`);
  fields.set('st', start);
  fields.set('se', expiry);
  return { signed, forged: `?${fields}` };
};
