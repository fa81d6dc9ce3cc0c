import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCertificates } from '../../../emulator/certificates/certificates.ts';
import { installedSet } from '../../support/packages/sets.ts';
import { AZURITE, type Storage, startAzurite } from '../../support/programs/azurite.ts';
import { freshFolder } from '../../support/programs/command.ts';
import { javaProgram, makeTrustStore } from '../../support/programs/java.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';

const caDir = freshFolder();
let azurite: Storage;
beforeAll(async () => {
  azurite = await startAzurite(await loadCertificates({ folder: caDir }));
});
afterAll(() => azurite?.[Symbol.asyncDispose]());

const stores = [
  { where: 'the emulator itself', storage: () => 'own' },
  { where: 'Azurite', storage: () => `${AZURITE};BlobEndpoint=${azurite.endpoint}` },
];

describe.each(stores)('files are uploaded to $where', ({ storage }) => {
  let hub: ForeignHub;
  beforeAll(async () => {
    // the device client for Java requires a dot in the host name
    hub = await startHub({ storage: storage(), caDir, hostname: '127.0.0.1' });
  });
  afterAll(() => hub.close());

  const run = async (command: readonly string[]) => {
    const id = `d-${randomUUID()}`;
    const told = report(await runProgram(command, hub.device(id)));
    const notified = hub.hub.files.notifications
      .list()
      .filter(({ item }) => item.deviceId === id)
      .map(({ item: { blobName, blobSizeInBytes } }) => [blobName, blobSizeInBytes]);
    return { id, told, notified };
  };

  test('by azure-iot-device for Node, in one piece and in blocks', async () => {
    const { id, told, notified } = await run([process.execPath, join(import.meta.dirname, 'upload.js')]);
    expect(told).toMatchObject({
      told: [
        [`${id}/a b.txt`, 11],
        [`${id}/logs/large.bin`, 6_000_000],
      ],
      ended: 'done',
      unknown: 'Error',
      notAscii: 'BlobSasError', // the SDK cuts its request
    });
    expect(notified).toEqual([]); // all are completed
  });

  test('by azure-iot-device and azure-storage-blob for Python', async () => {
    const python = join(installedSet('pip', 'files'), 'bin', 'python');
    const { id, told, notified } = await run([python, '-B', join(import.meta.dirname, 'upload.py')]);
    const names = [`${id}/a b.txt`, `${id}/logs/ä.bin`];
    expect(told).toEqual({ told: names.map((name) => [name, true]) });
    expect(notified).toEqual([
      [names[0], 11],
      [names[1], 7_680_000],
    ]);
  });

  test('by iot-device-client and azure-storage-blob for Java', async () => {
    const trustStore = await makeTrustStore(hub.caFile);
    const program = await javaProgram(join(import.meta.dirname, 'Upload.java'), trustStore, 'files');
    const { id, told, notified } = await run(program);
    const names = [`${id}/a.txt`, `${id}/logs/c.txt`];
    expect(told).toEqual({ told: names.map((name) => [name, 'hello world']) });
    expect(notified).toEqual(names.map((name) => [name, 11]));
  });
});
