import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { DeviceApi } from '../../clients/device/device-api.ts';
import { Client, ModuleClient, SharedAccessSignatureAuthenticationProvider } from '../../clients/device/index.ts';
import { FakeTransport } from './fake-transport.ts';
import { hubStub } from './hub-stub.ts';

const PARAMS = {
  correlationId: 'c 1',
  hostName: 'hub.example',
  containerName: 'files',
  blobName: 'd/a b.json',
  sasToken: '?sig=x',
};

const TOKEN = 'SharedAccessSignature sr=hub.example%2Fdevices%2Fd&sig=s&se=1';

const clientOf = (...answers: Parameters<typeof hubStub>) => {
  const { seen, dispatcher } = hubStub(...answers);
  const provider = SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(TOKEN);
  return { seen, client: new Client(new FakeTransport(), new DeviceApi(provider, dispatcher)) };
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload
test('a file is uploaded, and the hub gets the result', async () => {
  const { seen, client } = clientOf({ body: PARAMS }, { status: 201 }, { status: 204 });
  await client.uploadToBlob('a b.json', Readable.from(['{}']), 2);
  expect(seen.map(({ line }) => line)).toEqual([
    'POST /devices/d/files?api-version=2021-04-12',
    'PUT /files/d/a%20b.json?sig=x',
    'POST /devices/d/files/notifications/c%201?api-version=2021-04-12',
  ]);
  expect(seen[0]).toMatchObject({ headers: { authorization: TOKEN }, body: { blobName: 'a b.json' } });
  expect(seen[1]?.headers).toMatchObject({ 'x-ms-blob-type': 'BlockBlob', 'content-length': '2' });
  expect(seen[2]?.body).toEqual({ isSuccess: true, statusCode: 201, statusDescription: 'Created' });
});

test('a program can do the upload itself', async () => {
  const { seen, client } = clientOf({ body: PARAMS }, { status: 204 });
  expect(await client.getBlobSharedAccessSignature('a b.json')).toEqual(PARAMS);
  await client.notifyBlobUploadStatus('c 1', false, 500, 'no');
  expect(seen[1]?.body).toEqual({ isSuccess: false, statusCode: 500, statusDescription: 'no' });
});

test('a module sends its own name when it calls a method', async () => {
  const { seen, dispatcher } = hubStub({ body: { status: 200, payload: 1 } });
  const token = TOKEN.replace('devices%2Fd', 'devices%2Fd%2Fmodules%2Fm');
  const provider = SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(token);
  const client = new ModuleClient(new FakeTransport(), new DeviceApi(provider, dispatcher));
  const params = { methodName: 'x', payload: null, connectTimeoutInSeconds: 1, responseTimeoutInSeconds: 5 };
  expect(await client.invokeMethod('leaf', 'n', params)).toEqual({ status: 200, payload: 1 });
  expect(seen).toMatchObject([
    {
      line: 'POST /twins/leaf/modules/n/methods?api-version=2021-04-12',
      headers: { 'x-ms-edge-moduleid': 'd/m' },
      body: params,
    },
  ]);
});

test('a failed upload is reported to the hub and to the program', async () => {
  const { seen, client } = clientOf({ body: PARAMS }, { status: 403, body: 'denied' }, { status: 204 });
  await expect(client.uploadToBlob('a b.json', Readable.from(['{}']), 2)).rejects.toThrow('Error: denied');
  expect(seen[2]?.body).toEqual({ isSuccess: false, statusCode: -1, statusDescription: 'Error: denied' });
});
