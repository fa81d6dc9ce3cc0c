import { expect, test } from 'vitest';
import { type BlobTransferOptions, createBlobTransfer } from '../../../emulator/blobs/blob-transfer.ts';
import { silentLog } from '../../../emulator/log.ts';
import { applySeed } from '../../../emulator/seeds/apply.ts';
import { exportSeed } from '../../../emulator/seeds/export.ts';
import { readSeed } from '../../../emulator/seeds/read.ts';
import { writeSeed } from '../../../emulator/seeds/write.ts';
import { startBlobs } from '../../support/wire/blob-stub.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

const start = (options: Partial<BlobTransferOptions> = {}) =>
  startRest({ blobTransfer: createBlobTransfer({ log: silentLog, ...options }) });

/** Orders a job and waits for its end. */
const done = async (rest: Rest, order: object): Promise<unknown> => {
  const { jobId } = Object((await rest.ask('POST', '/jobs/create', { body: order })).body);
  rest.clock.settle();
  await expect.poll(() => rest.hub.importExports.get(jobId).endedAt, { timeout: 10_000 }).toBeDefined();
  return (await rest.ask('GET', `/jobs/${jobId}`)).body;
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt
test('an export can be imported into another hub', async () => {
  await using blobs = await startBlobs();
  const container = blobs.container('box');
  await using old = await start();
  for (let i = 0; i < 7000; i++) old.hub.registry.create({ deviceId: `device-${i}` }, {});
  expect(await done(old, { type: 'export', outputBlobContainerUri: container })).toMatchObject({
    type: 'export',
    status: 'completed',
    outputBlobContainerUri: '',
  });
  await using young = await start();
  const order = { type: 'import', inputBlobContainerUri: container, outputBlobContainerUri: container };
  expect(await done(young, order)).toMatchObject({ type: 'import', status: 'completed', failureReason: null });
  expect(young.hub.fleet.devices.size).toBe(7000);
  const [there, here] = [old, young].map(({ hub }) => hub.fleet.get('device-4711').identity.authentication);
  expect(here).toEqual(there);
  expect([...blobs.blobs.keys()]).toEqual(['/box/devices.txt']);
});

test('a hub that was written as devices.txt is what an import job takes, and what it gives is a seed', async () => {
  await using blobs = await startBlobs();
  await using old = await start();
  const seed = await readSeed(`devices:
    - { id: oven, tags: { hall: 4 }, desired: { celsius: 180 }, reported: { firmware: '2' } }
    - { id: gateway, edge: true, modules: [{ id: filter, desired: { threshold: 25 } }] }
    - { id: signed, x509: ca, status: disabled }`);
  applySeed(old.hub, seed);
  blobs.blobs.set('/box/devices.txt', await writeSeed(exportSeed(old.hub), 'devices.txt'));
  await using young = await start();
  const container = blobs.container('box');
  const order = { type: 'import', inputBlobContainerUri: container, outputBlobContainerUri: container };
  expect(await done(young, order)).toMatchObject({ status: 'completed', failureReason: null });
  expect(blobs.blobs.get('/box/importErrors.log')).toBeUndefined();
  const kept = ['oven', 'gateway', 'gateway/filter', 'signed'];
  const told = ({ hub }: Rest) =>
    kept.map((key) => {
      const { identity, twin } = hub.registry.get(key);
      return [identity.status, identity.authentication, identity.iotEdge, twin.tags, twin.desired.values];
    });
  expect(told(young)).toEqual(told(old));
  await done(young, { type: 'export', outputBlobContainerUri: container });
  await using third = await start();
  applySeed(third.hub, await readSeed(blobs.blobs.get('/box/devices.txt') ?? ''));
  expect(told(third)).toEqual(told(old));
});

test('lines that an import could not follow are logged beside it', async () => {
  await using blobs = await startBlobs();
  await using rest = await start();
  const container = blobs.container('box');
  blobs.blobs.set('/box/devices.txt', '{"id":"d1","status":"enabled","importMode":"update"}\n');
  const order = { type: 'import', inputBlobContainerUri: container, outputBlobContainerUri: container };
  expect(await done(rest, order)).toMatchObject({ status: 'completed', failureReason: null });
  expect(blobs.blobs.get('/box/importErrors.log')).toBe('{"deviceId":"d1","errorCode":404001,"errorStatus":"d1"}\n');
});

test('containers that cannot be used, other types and a second job are refused', async () => {
  await using blobs = await startBlobs();
  await using rest = await start();
  const says = async (body: unknown): Promise<unknown> =>
    Object((await rest.ask('POST', '/jobs/create', { body })).body).Message;
  const exportTo = (outputBlobContainerUri: string) => ({ type: 'export', outputBlobContainerUri });
  const [whole, readable, writable] = ['rwdl', 'rl', 'rwl'].map((rights) => blobs.container('box', rights));
  const blob = 'ErrorCode:BlobContainerValidationError;';
  expect(await says(exportTo(readable ?? ''))).toBe(`${blob}Unauthorized to write to output blob container`);
  expect(await says(exportTo(writable ?? ''))).toBe(`${blob}Unauthorized to delete from output blob container`);
  expect(await says({ type: 'import', inputBlobContainerUri: whole, outputBlobContainerUri: whole })).toBe(
    `${blob}Failed to read devices blob from the input container.`,
  );
  expect(await says({ type: 'backup' })).toBe('ErrorCode:GenericBadRequest;BadRequest');
  const first = await rest.ask('POST', '/jobs/create', { body: exportTo(whole ?? '') });
  expect(first.status).toBe(200);
  const second = await rest.ask('POST', '/jobs/create', { body: exportTo(whole ?? '') });
  expect([second.status, second.headers['iothub-errorcode']]).toEqual([403, 'JobQuotaExceeded']);
  expect(await rest.ask('DELETE', `/jobs/${Object(first.body).jobId}`)).toMatchObject({
    status: 200,
    body: { status: 'cancelled' },
  });
});

test.each([
  ['export', 'PUT of devices.txt: no answer within 200 ms'],
  ['import', 'GET of devices.txt: no answer within 200 ms'],
])('an %s whose server goes silent fails, says why, and leaves its place to the next', async (type, failureReason) => {
  await using blobs = await startBlobs();
  await using rest = await start({ timeoutMs: 200 });
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  blobs.blobs.set('/stuck/devices.txt', '{"id":"d2","importMode":"create"}\n{"id":');
  const [stuck, box] = [blobs.container('stuck'), blobs.container('box')];
  const order = { type, inputBlobContainerUri: stuck, outputBlobContainerUri: type === 'export' ? stuck : box };
  expect(await done(rest, order)).toMatchObject({ status: 'failed', failureReason });
  expect(await done(rest, { type: 'export', outputBlobContainerUri: box })).toMatchObject({ status: 'completed' });
});

test('a container cannot send the hub to another address', async () => {
  await using blobs = await startBlobs();
  await using rest = await start();
  for (const name of ['box', 'moved']) blobs.blobs.set(`/${name}/devices.txt`, '{"id":"d2","importMode":"create"}\n');
  const [moved, box] = [blobs.container('moved'), blobs.container('box')];
  expect(await done(rest, { type: 'import', inputBlobContainerUri: moved, outputBlobContainerUri: box })).toMatchObject(
    { status: 'failed', failureReason: 'GET of devices.txt: 307 Temporary Redirect' },
  );
  expect(rest.hub.fleet.find('d2')).toBeUndefined();
});

test('a blob without line ends is not read to its end', async () => {
  await using blobs = await startBlobs();
  await using rest = await start();
  blobs.blobs.set('/box/devices.txt', 'x'.repeat(16 * 1024 * 1024));
  const box = blobs.container('box');
  expect(await done(rest, { type: 'import', inputBlobContainerUri: box, outputBlobContainerUri: box })).toMatchObject({
    status: 'failed',
    failureReason: 'GET of devices.txt: a line is longer than 1048576 characters; expected one object per line',
  });
});
