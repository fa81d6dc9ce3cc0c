import { expect, test } from 'vitest';
import { startStore } from '../../support/wire/store-client.ts';

// https://learn.microsoft.com/rest/api/storageservices/operations-on-block-blobs

const brief = async (reply: ReturnType<Awaited<ReturnType<typeof startStore>>['ask']>) => {
  const { status, code } = await reply;
  return code === undefined ? status : [status, code];
};
const list = (...ids: string[]): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('\n')}</BlockList>`;

test('a blob is put and read', async () => {
  await using store = await startStore();
  const { status, headers } = await store.put('d1/a b.txt', 'hello', {
    'content-type': 'text/plain',
    'x-ms-meta-room': '1',
    'x-ms-client-request-id': 'c1',
    'x-ms-version': '2024-11-04',
  });
  expect([status, headers]).toMatchObject([
    201,
    {
      etag: expect.stringMatching(/^"0x[0-9A-F]+"$/),
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'x-ms-request-id': expect.any(String),
      'x-ms-version': '2024-11-04',
      'x-ms-client-request-id': 'c1',
      'x-ms-request-server-encrypted': 'true',
    },
  ]);
  const got = await store.ask('GET', 'd1/a b.txt');
  expect([got.status, String(got.bytes), got.headers]).toMatchObject([
    200,
    'hello',
    {
      'content-length': '5',
      'content-type': 'text/plain',
      etag: headers.etag,
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-meta-room': '1',
    },
  ]);
  const head = await store.ask('HEAD', 'd1/a b.txt');
  expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([200, '5', 0]);
});

test('a blob is put in blocks', async () => {
  await using store = await startStore();
  for (const [id, body] of Object.entries({ 'MDAx+/==': 'world', 'MDAxAA==': 'hello ' }))
    expect(await brief(store.ask('PUT', 'd1/b', { query: `comp=block&blockid=${encodeURIComponent(id)}`, body }))).toBe(
      201,
    );
  const put = await store.ask('PUT', 'd1/b', {
    query: 'comp=blocklist',
    body: list('MDAxAA==', 'MDAx+/=='),
    headers: { 'x-ms-blob-content-type': 'text/html', 'content-type': 'application/xml' },
  });
  expect(put.status).toBe(201);
  const { bytes, headers } = await store.ask('GET', 'd1/b');
  expect([String(bytes), headers['content-type'], headers['content-length']]).toEqual([
    'hello world',
    'text/html',
    '11',
  ]);
});

// azure-storage-blob for Java escapes the slash
test('the slashes of a name may be escaped', async () => {
  await using store = await startStore();
  const { sasToken } = store.begin('logs/ä.txt');
  const path = `/iothubemulator/uploads/${encodeURIComponent('d1/logs/ä.txt')}${sasToken}`;
  expect(await store.raw('PUT', path, { body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' } })).toMatchObject({
    status: 201,
  });
  expect(store.blobs.properties('d1/logs/ä.txt')?.size).toBe(1);
  // without a port in the URL it takes the account for the container
  const whole = `/iothubemulator/${encodeURIComponent('uploads/d1/logs/ä.txt')}${sasToken}`;
  expect(String((await store.raw('GET', whole)).bytes)).toBe('x');
});

test('a part of a blob is read', async () => {
  await using store = await startStore();
  await store.put('b', '0123456789');
  const part = async (range: string, name = 'x-ms-range') => {
    const { status, headers, bytes, code } = await store.ask('GET', 'b', { headers: { [name]: range } });
    return code ?? [status, headers['content-range'], String(bytes)];
  };
  expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
  expect(await part('bytes=8-99', 'range')).toEqual([206, 'bytes 8-9/10', '89']);
  expect(await part('bytes=9-')).toEqual([206, 'bytes 9-9/10', '9']);
  expect(await part('bytes=10-')).toBe('InvalidRange');
  expect(await part('bytes=x')).toEqual([200, undefined, '0123456789']);
});

test('conditions are checked', async () => {
  await using store = await startStore();
  const { headers } = await store.put('b', '1');
  const etag = headers.etag ?? '';
  expect(await brief(store.put('b', '2', { 'if-none-match': '*' }))).toEqual([409, 'BlobAlreadyExists']);
  expect(await brief(store.put('b', '2', { 'if-match': '"0x0"' }))).toEqual([412, 'ConditionNotMet']);
  expect(await brief(store.put('new', '2', { 'if-match': '*' }))).toEqual([412, 'ConditionNotMet']);
  expect(await brief(store.ask('GET', 'b', { headers: { 'if-match': '"0x0"' } }))).toEqual([412, 'ConditionNotMet']);
  expect(await brief(store.ask('GET', 'b', { headers: { 'if-none-match': etag } }))).toBe(304);
  expect(await brief(store.put('b', '2', { 'if-match': etag }))).toBe(201);
});

test('conditions of time are checked, to the second of the hub', async () => {
  await using store = await startStore();
  await store.put('b', '1');
  const [before, at] = ['Wed, 31 Dec 2025 23:59:59 GMT', 'Thu, 01 Jan 2026 00:00:00 GMT'];
  const get = (headers: Record<string, string>) => brief(store.ask('GET', 'b', { headers }));
  expect(await get({ 'if-modified-since': before })).toBe(200);
  expect(await get({ 'if-modified-since': at })).toBe(304);
  expect(await get({ 'if-unmodified-since': before })).toEqual([412, 'ConditionNotMet']);
  expect(await get({ 'if-unmodified-since': at })).toBe(200);
  expect(await get({ 'if-unmodified-since': 'junk' })).toBe(200);
  expect(await brief(store.put('b', '2', { 'if-modified-since': at }))).toEqual([412, 'ConditionNotMet']);
  expect(await brief(store.put('b', '2', { 'if-unmodified-since': before }))).toEqual([412, 'ConditionNotMet']);
  expect(await brief(store.put('b', '2', { 'if-unmodified-since': at }))).toBe(201);
});

// https://learn.microsoft.com/rest/api/storageservices/put-blob#request-headers-all-blob-types
test('a body that is not the one of its Content-MD5 is refused', async () => {
  await using store = await startStore();
  // md5 of hello
  const sum = 'XUFAKrxLKna5cZ2REBfFkg==';
  expect(await brief(store.put('b', 'jello', { 'content-md5': sum }))).toEqual([400, 'Md5Mismatch']);
  expect(await brief(store.put('b', 'hello', { 'content-md5': 'junk' }))).toEqual([400, 'InvalidMd5']);
  const headers = { 'content-md5': sum };
  const block = (body: string) => store.ask('PUT', 'b', { query: 'comp=block&blockid=MDAx', body, headers });
  expect(await brief(block('jello'))).toEqual([400, 'Md5Mismatch']);
  expect(await brief(block('hello'))).toBe(201);
  expect(store.blobs.find('b')).toBeUndefined();
  expect(await brief(store.put('b', 'hello', headers))).toBe(201);
});

test('a blob is deleted with the permission for it', async () => {
  await using store = await startStore();
  await store.put('b', '1');
  expect(await brief(store.ask('DELETE', 'b'))).toEqual([403, 'AuthorizationPermissionMismatch']);
  expect(await brief(store.ask('DELETE', 'b', { sas: 'd' }))).toBe(202);
  expect(await brief(store.ask('GET', 'b'))).toEqual([404, 'BlobNotFound']);
  expect((await store.ask('HEAD', 'b')).headers['x-ms-error-code']).toBe('BlobNotFound');
});

test.each<[string, string, Parameters<Awaited<ReturnType<typeof startStore>>['ask']>[2], unknown]>([
  ['without a type', 'PUT', { body: 'x' }, [400, 'MissingRequiredHeader']],
  ['of another type', 'PUT', { body: 'x', headers: { 'x-ms-blob-type': 'PageBlob' } }, [400, 'InvalidHeaderValue']],
  ['of an unknown kind', 'PUT', { query: 'comp=tags' }, [400, 'InvalidQueryParameterValue']],
  ['by another method', 'POST', {}, [405, 'UnsupportedHttpVerb']],
  ['with a block without id', 'PUT', { query: 'comp=block', body: 'x' }, [400, 'InvalidBlockId']],
  ['with a list that is not XML', 'PUT', { query: 'comp=blocklist', body: 'x' }, [400, 'InvalidXmlDocument']],
  [
    'with more than a list',
    'PUT',
    { query: 'comp=blocklist', body: '<BlockList>x</BlockList>' },
    [400, 'InvalidXmlDocument'],
  ],
  ['with unknown blocks', 'PUT', { query: 'comp=blocklist', body: list('MDAx') }, [400, 'InvalidBlockList']],
])('a request %s is refused', async (_, method, asked, expected) => {
  await using store = await startStore();
  expect(await brief(store.ask(method, 'b', asked))).toEqual(expected);
  expect(store.blobs.find('b')).toBeUndefined();
  expect(store.lines).toMatchObject([{ level: 'info', text: 'Refused a request', fields: { method } }]);
});

test('an empty list makes an empty blob', async () => {
  await using store = await startStore();
  for (const body of ['<BlockList />', '\uFEFF<?xml version="1.0"?><BlockList></BlockList>'])
    expect(await brief(store.ask('PUT', 'b', { query: 'comp=blocklist', body }))).toBe(201);
  expect(store.blobs.properties('b')?.size).toBe(0);
});
