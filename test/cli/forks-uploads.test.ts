import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { startEmulator } from 'iothub-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator, HubHandle } from '../../emulator/index.ts';
import { sharedCa } from '../support/programs/command.ts';

// Microsoft's packages are CommonJS, and so is their default export
const require = createRequire(import.meta.url);
const { Client } = require('azure-iot-device');
const { Mqtt } = require('azure-iot-device-mqtt');

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], trust: 'process' });
});
afterAll(() => emulator.close());

/** As a program in any language has it, which no fork's host name reaches. */
const clientOf = (hub: HubHandle) =>
  Client.fromConnectionString(hub.deviceConnectionString('oven').replace(/HostName=[^;]+/, 'HostName=localhost'), Mqtt);

const upload = async (hub: HubHandle, text: string): Promise<void> => {
  const client = clientOf(hub);
  await client.uploadToBlob('log.txt', Readable.from([Buffer.from(text)]), text.length);
  await client.close();
};

const textAt = async (base: string) =>
  (await fetch(`${emulator.adminUrl}${base}/files/oven/content?name=oven%2Flog.txt`)).text();

/** What the hub itself keeps. */
const kept = ({ hub }: HubHandle): string | undefined => {
  const parts = hub.blobs.find('oven/log.txt')?.content;
  return parts && Buffer.concat(parts).toString();
};

test("a device uploads to the hub whose key it has, by Microsoft's SDK", async () => {
  await using ada = emulator.fork('ada');
  await using grace = emulator.fork('grace');
  await upload(ada, 'of ada');
  expect([emulator, ada, grace].map(kept)).toEqual([undefined, 'of ada', undefined]);
  await upload(emulator, 'of all');
  await upload(grace, 'of grace');
  expect([emulator, ada, grace].map(kept)).toEqual(['of all', 'of ada', 'of grace']);
  expect(await Promise.all(['/hubs/ada', '/hubs/grace', ''].map(textAt))).toEqual(['of ada', 'of grace', 'of all']);
});

interface Place {
  readonly hostName: string;
  readonly containerName: string;
  readonly blobName: string;
  readonly sasToken: string;
}

const placeOf = async (hub: HubHandle): Promise<Place> => {
  const client = clientOf(hub);
  const place: Place = await client.getBlobSharedAccessSignature('log.txt');
  await client.close();
  return place;
};

const put = async (account: string, { containerName, blobName, sasToken }: Place): Promise<number> => {
  const url = `https://localhost/${account}/${containerName}/${blobName}${sasToken}`;
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2020-10-02' };
  const { request } = require('node:https');
  return new Promise((done, failed) => {
    request(
      url,
      { method: 'PUT', headers: { ...headers, 'content-length': 1 } },
      ({ statusCode }: { statusCode: number }) => done(statusCode),
    )
      .on('error', failed)
      .end('x');
  });
};

test('a place of one hub cannot be used at another one, nor once its fork is closed', async () => {
  await using ada = emulator.fork('ada');
  const grace = emulator.fork('grace');
  const [own, other] = [await placeOf(ada), await placeOf(grace)];
  const [ofAda = '', ofGrace = ''] = [own, other].map(({ hostName }) => hostName.split('/')[1]);
  expect([ofAda, ofGrace]).toEqual([expect.stringMatching(/^iothubemulator[0-9a-f]{10}$/), expect.any(String)]);
  expect(ofAda).not.toBe(ofGrace);
  for (const account of [ofGrace, 'iothubemulator']) expect([account, await put(account, own)]).toEqual([account, 403]);
  expect(await put(ofAda, own)).toBe(201);
  await grace.close();
  expect(await put(ofGrace, other)).toBe(404);
  expect(kept(ada)).toBe('x');
});
