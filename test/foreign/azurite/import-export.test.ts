import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBlobTransfer } from '../../../emulator/blobs/blob-transfer.ts';
import { silentLog } from '../../../emulator/log.ts';
import { START } from '../../support/hub/hub.ts';
import { readBlob, type Storage, startAzurite, writeBlob } from '../../support/programs/azurite.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await startAzurite();
});
afterAll(() => storage?.[Symbol.asyncDispose]());

const start = () => startRest({ blobTransfer: createBlobTransfer({ log: silentLog }) });

let made = 0;
const newContainer = (rights?: string): Promise<string> => storage.container(`box${++made}`, rights);

/** Creates a job and waits for its end. */
const done = async (rest: Rest, order: object): Promise<Record<string, unknown>> => {
  const { status, body } = await rest.ask('POST', '/jobs/create', { body: order });
  expect([status, body]).toMatchObject([200, { status: 'enqueued', failureReason: null }]);
  const { jobId } = body as { jobId: string };
  rest.clock.settle();
  const ended = () => rest.hub.importExports.get(jobId).endedAt !== undefined;
  await expect.poll(ended, { timeout: 10_000 }).toBe(true);
  return (await rest.ask('GET', `/jobs/${jobId}`)).body as Record<string, unknown>; // a job
};

const linesOf = async (container: string, name: string): Promise<unknown[]> =>
  ((await readBlob(container, name)) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

// https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#export-devices
test('an export writes a line for each device and module', async () => {
  await using rest = await start();
  await rest.ask('PUT', '/devices/d1', { body: { status: 'disabled', statusReason: 'stolen' } });
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { room: 'ä' }, properties: { desired: { rate: 5 } } } });
  await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  const outputBlobContainerUri = await newContainer();
  const job = await done(rest, { type: 'export', outputBlobContainerUri, excludeKeysInExport: false });
  expect(job).toEqual({
    jobId: expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    startTimeUtc: START,
    endTimeUtc: START,
    type: 'export',
    status: 'completed',
    progress: 100,
    outputBlobContainerUri: '',
    outputBlobName: 'devices.txt',
    excludeKeysInExport: false,
    failureReason: null,
    includeConfigurations: false,
  });
  const { authentication, etag } = (await rest.ask('GET', '/devices/d1')).body as Record<string, unknown>;
  expect(await linesOf(outputBlobContainerUri, 'devices.txt')).toEqual([
    {
      id: 'd1',
      eTag: etag,
      status: 'disabled',
      statusReason: 'stolen',
      authentication,
      twinETag: 'AAAAAAAAAAI=',
      tags: { room: 'ä' },
      properties: {
        desired: {
          rate: 5,
          $metadata: {
            $lastUpdated: START,
            $lastUpdatedVersion: 2,
            rate: { $lastUpdated: START, $lastUpdatedVersion: 2 },
          },
          $version: 2,
        },
        reported: { $metadata: { $lastUpdated: START }, $version: 1 },
      },
      capabilities: { iotEdge: false },
    },
    expect.objectContaining({ id: 'd1', moduleId: 'm1' }),
  ]);
  expect((await rest.ask('GET', '/jobs')).body).toEqual([job]);
});

test('an export without keys says so in its first line', async () => {
  await using rest = await start();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const outputBlobContainerUri = await newContainer();
  const job = await done(rest, {
    type: 'Export',
    outputBlobContainerUri,
    outputBlobName: 'all.txt',
    excludeKeysInExport: true,
  });
  expect(job).toMatchObject({ excludeKeysInExport: true, outputBlobName: 'all.txt' });
  const [first, second] = ((await readBlob(outputBlobContainerUri, 'all.txt')) ?? '').split('\n');
  expect(first).toMatch(/^[^{]+$/);
  expect(JSON.parse(second ?? '')).toMatchObject({
    authentication: { symmetricKey: { primaryKey: null, secondaryKey: null } },
  });
});

test('what one hub exports another imports: keys, twins, modules, configurations', async () => {
  await using old = await start();
  const container = await newContainer();
  await old.ask('PUT', '/devices/e1', { body: { capabilities: { iotEdge: true } } });
  await old.ask('PUT', '/devices/d1', { body: {} });
  await old.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  await old.ask('PATCH', '/twins/d1/modules/m1', { body: { properties: { desired: { rate: [1, 2] } } } });
  const content = { deviceContent: { 'properties.desired.Firmware': { Version: '1' } } };
  const configuration = { content, targetCondition: "tags.a = 'b'", priority: 7, labels: { Who: 'me' } };
  await old.ask('PUT', '/configurations/c1', { body: configuration });
  await done(old, { type: 'export', outputBlobContainerUri: container, includeConfigurations: true });
  expect(await linesOf(container, 'configurations.txt')).toMatchObject([
    { Id: 'c1', Content: { DeviceContent: content.deviceContent }, Priority: 7, ETag: 'MQ==' },
  ]);

  await using young = await start();
  const order = { type: 'import', inputBlobContainerUri: container, outputBlobContainerUri: container };
  const job = await done(young, { ...order, includeConfigurations: true });
  expect(job).toMatchObject({ type: 'import', status: 'completed', failureReason: null, inputBlobContainerUri: '' });
  // the edge device has its own modules already
  expect((await linesOf(container, 'importErrors.log')).map((line) => Object(line).moduleId)).toEqual([
    '$edgeAgent',
    '$edgeHub',
  ]);
  const keyOf = async (rest: Rest) => Object((await rest.ask('GET', '/devices/d1')).body).authentication;
  expect(await keyOf(young)).toEqual(await keyOf(old));
  expect((await young.ask('GET', '/twins/d1/modules/m1')).body).toMatchObject({
    properties: { desired: { rate: [1, 2] } },
  });
  expect((await young.ask('GET', '/configurations/c1')).body).toMatchObject(configuration);
});

test('an import applies its lines, and logs those that fail', async () => {
  await using rest = await start();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  await rest.ask('PUT', '/devices/d2', { body: {} });
  const container = await newContainer();
  const lines = [
    { id: 'd1', status: 'enabled', importMode: 'create' },
    { id: 'd2', status: 'enabled', importMode: 'delete' },
    { id: 'd3', status: 'enabled', importMode: 'update' },
    { id: 'd4', status: 'enabled', tags: { a: 1 } },
    { id: 'd5' },
  ].map((line) => JSON.stringify(line));
  await writeBlob(container, 'some.txt', [...lines, '', 'no JSON'].join('\r\n'));
  const job = await done(rest, {
    type: 'import',
    inputBlobContainerUri: container,
    inputBlobName: 'some.txt',
    outputBlobContainerUri: container,
  });
  expect(job).toMatchObject({ status: 'completed', failureReason: null });
  expect(await linesOf(container, 'importErrors.log')).toEqual([
    { deviceId: 'd1', errorCode: 409001, errorStatus: "A device with ID 'd1' is already registered." },
    { deviceId: 'd3', errorCode: 404001, errorStatus: 'd3' },
    { deviceId: 'd5', errorCode: 400004, errorStatus: 'A device must have a status.' },
    { deviceId: null, errorCode: 400006, errorStatus: 'The line is not valid JSON.' },
  ]);
  const { body } = await rest.ask('POST', '/devices/query', { body: { query: 'SELECT deviceId, tags FROM devices' } });
  expect(body).toEqual([{ deviceId: 'd1' }, { deviceId: 'd4', tags: { a: 1 } }]);
});

test('only one import or export runs at a time', async () => {
  await using rest = await start();
  const order = { type: 'export', outputBlobContainerUri: await newContainer() };
  const first = await rest.ask('POST', '/jobs/create', { body: order });
  const second = await rest.ask('POST', '/jobs/create', { body: order });
  expect([second.status, second.headers['iothub-errorcode'], second.body]).toEqual([
    403,
    'JobQuotaExceeded',
    {
      Message:
        'ErrorCode:JobQuotaExceeded;Error: 403 ErrorCode: JobQuotaExceeded\nMessage: Job quota has been exceeded\n' +
        'Timestamp: 01/01/2026 00:00:00\nTracking ID: ',
      ExceptionMessage: '',
    },
  ]);
  const path = `/jobs/${Object(first.body).jobId}`;
  expect(await rest.ask('DELETE', path)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  expect((await rest.ask('DELETE', path)).headers['iothub-errorcode']).toBe('JobNotFound');
  expect((await rest.ask('POST', '/jobs/create', { body: order })).status).toBe(200);
});

test('an invalid job is refused', async () => {
  await using rest = await start();
  const readable = await newContainer('rl');
  const writable = await newContainer('rwl');
  const empty = await newContainer();
  const says = async (body: unknown): Promise<unknown> => {
    const reply = await rest.ask('POST', '/jobs/create', { body });
    return [reply.status, Object(reply.body).Message];
  };
  const blob = (text: string) => [400, `ErrorCode:BlobContainerValidationError;${text}`];
  const exportTo = (outputBlobContainerUri?: string) => ({ type: 'export', outputBlobContainerUri });
  for (const nowhere of [undefined, 'nonsense', 'file:///etc', 'http://127.0.0.1:9/box', readable])
    expect(await says(exportTo(nowhere))).toEqual(blob('Unauthorized to write to output blob container'));
  expect(await says(exportTo(writable))).toEqual(blob('Unauthorized to delete from output blob container'));
  const unread = { type: 'import', inputBlobContainerUri: empty, outputBlobContainerUri: empty };
  expect(await says(unread)).toEqual(blob('Failed to read devices blob from the input container.'));
  expect(await says({ type: 'firmwareUpdate' })).toEqual([400, 'ErrorCode:GenericBadRequest;BadRequest']);
  expect((await rest.ask('GET', '/jobs/nobody')).headers['iothub-errorcode']).toBe('JobNotFound');
  expect((await rest.ask('GET', '/jobs')).text).toBe('[]');
});

test('an export of many devices is written in blocks and can be stopped', async () => {
  await using rest = await start();
  for (let i = 0; i < 6000; i++) rest.hub.registry.create({ deviceId: `device-${i}` }, {});
  const outputBlobContainerUri = await newContainer();
  await done(rest, { type: 'export', outputBlobContainerUri });
  const ids = (await linesOf(outputBlobContainerUri, 'devices.txt')).map((line) => Object(line).id);
  expect([ids.length, new Set(ids).size, ids.at(-1)]).toEqual([6000, 6000, 'device-5999']);

  const stopped = await newContainer();
  const { body } = await rest.ask('POST', '/jobs/create', {
    body: { type: 'export', outputBlobContainerUri: stopped },
  });
  rest.clock.settle();
  const { jobId } = body as { jobId: string };
  expect(rest.hub.importExports.get(jobId).status).toBe('running');
  rest.hub.importExports.cancel(jobId);
  await new Promise((soon) => setImmediate(soon));
  expect(rest.hub.importExports.get(jobId).status).toBe('cancelled');
});
