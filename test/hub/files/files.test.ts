import { expect, test } from 'vitest';
import type { FileStorage } from '../../../emulator/hub/files/file-storage.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { HubError } from '../../../protocol/errors.ts';
import { newFilesHub } from '../../support/hub/files.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload

const HOUR = 3_600_000;
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: HubError) => error.code,
  );
const done = (correlationId: string, more: object = {}) => ({
  correlationId,
  isSuccess: true,
  statusCode: 201,
  ...more,
});
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

test('a device gets a place for a file', () => {
  const { begin } = newFilesHub();
  const place = begin('logs/a b.txt');
  expect(place).toEqual({
    correlationId: expect.any(String),
    hostName: 'localhost/iothubemulator',
    containerName: 'uploads',
    blobName: 'd1/logs/a b.txt',
    sasToken: expect.stringMatching(/^\?sv=2020-12-06&sr=b&sp=rw&spr=https&se=2026-01-01T01%3A00%3A00Z&sig=/),
  });
  // as the service writes it
  expect(atob(place.correlationId)).toMatch(/^202601010000_[0-9a-f-]{36}_logs\/a b\.txt_ver2\.0$/);
});

test('a correlation id can be part of a path, whatever the file is called', () => {
  const { begin } = newFilesHub();
  for (const name of ['???>>>~~~', 'ä/ö?ü', '日本語', 'a~?>b'])
    expect(begin(name).correlationId).toMatch(/^[A-Za-z0-9]+={0,2}$/);
});

test('service apps are told of an uploaded file', async () => {
  const { begin, blobs, files, clock, happened } = newFilesHub();
  const { correlationId } = begin('a b.txt');
  clock.advance(1000);
  blobs.put('d1/a b.txt', text('hello'), {});
  clock.advance(1000);
  expect(await files.complete('d1', done(correlationId))).toBe('notified');
  expect(files.notifications.receive()?.item).toEqual({
    deviceId: 'd1',
    blobUri: 'https://localhost/iothubemulator/uploads/d1/a%20b.txt',
    blobName: 'd1/a b.txt',
    lastUpdatedTime: '2026-01-01T00:00:01+00:00',
    blobSizeInBytes: 5,
    enqueuedTimeUtc: '2026-01-01T00:00:02Z',
  });
  expect(happened()).toEqual([
    'file.requested',
    'file.uploaded',
    'file-notification.enqueued',
    'file-notification.delivered',
  ]);
  expect(await codeOf(files.complete('d1', done(correlationId)))).toBe('InvalidFileUploadCorrelationId');
});

test('nobody is told of an upload that failed, nor of a blob that is not there', async () => {
  const { begin, files, happened } = newFilesHub();
  // the SDK for Java sends nulls
  const failed = {
    correlationId: begin('a').correlationId,
    isSuccess: false,
    statusCode: null,
    statusDescription: null,
  };
  expect(await files.complete('d1', failed)).toBe('failed');
  expect(await files.complete('d1', done(begin('b').correlationId))).toBe('missing');
  expect(files.notifications.receive()).toBeUndefined();
  expect(happened()).toEqual(['file.requested', 'file.failed', 'file.requested', 'file.missing']);
  expect(files.list()).toEqual([]);
});

test('a device has ten uploads at a time, its modules included', async () => {
  const { begin, files, hub } = newFilesHub();
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  hub.registry.create({ deviceId: 'd2' }, {});
  const places = Array.from({ length: 10 }, (_, index) => begin(`f${index}`, index === 0 ? 'd1/m1' : 'd1'));
  expect(refusal(() => begin('f10'))).toEqual({
    code: 'DeviceMaximumActiveFileUploadLimitExceeded',
    status: 403,
    message: 'Number of active file upload requests cannot exceed 10',
  });
  begin('f1', 'd2');
  await files.complete('d1', { isSuccess: false }, places[1]?.correlationId);
  begin('f10');
});

test('after a restore, a device has as many uploads as it had', () => {
  const { begin, files, hub } = newFilesHub();
  begin('f0');
  const snapshot = takeSnapshot(hub);
  for (let index = 1; index < 10; index++) begin(`f${index}`);
  restoreSnapshot(hub, snapshot);
  for (let index = 1; index < 10; index++) begin(`f${index}`);
  expect(refusal(() => begin('f10'))).toMatchObject({ code: 'DeviceMaximumActiveFileUploadLimitExceeded' });
  hub.registry.delete({ deviceId: 'd1' }, '*');
  hub.registry.create({ deviceId: 'd1' }, {});
  begin('f10');
  expect(files.list()).toHaveLength(1);
});

test('an upload ends after an hour', async () => {
  const { begin, blobs, files, clock, happened } = newFilesHub();
  const { correlationId } = begin('a');
  blobs.putBlock('d1/a', 'MQ==', text('x'));
  const { free } = blobs;
  clock.advance(HOUR - 1);
  expect(files.list()).toHaveLength(1);
  clock.advance(1);
  expect([files.list(), happened()]).toEqual([[], ['file.requested', 'file.expired']]);
  expect(await codeOf(files.complete('d1', done(correlationId)))).toBe('ExpiredFileUploadCorrelationId');
  expect(blobs.free).toBeGreaterThan(free); // the block is gone
});

test('only the device that has asked for the place ends its upload', async () => {
  const { begin, files, hub } = newFilesHub();
  hub.registry.create({ deviceId: 'd2' }, {});
  const { correlationId } = begin('a');
  expect(await codeOf(files.complete('d2', done(correlationId)))).toBe('InvalidFileUploadCorrelationId');
  expect(await codeOf(files.complete('d1', done('nonsense')))).toBe('InvalidFileUploadCorrelationId');
  expect(files.list()).toHaveLength(1);
});

test.each<[string, object, string]>([
  ['no name', {}, 'ArgumentInvalid'],
  ['an empty name', { blobName: '' }, 'ArgumentInvalid'],
  ['a name that is not a text', { blobName: 1 }, 'ArgumentInvalid'],
  ['a name that leaves the device', { blobName: '../d2/secret' }, 'ArgumentInvalid'],
  ['a name that leaves it later', { blobName: 'a/../../d2/secret' }, 'ArgumentInvalid'],
  ['a name with a line end', { blobName: 'a\nb' }, 'ArgumentInvalid'],
  ['a name with half a character', { blobName: 'a\ud800' }, 'ArgumentInvalid'],
  ['a name that is too long', { blobName: 'x'.repeat(1022) }, 'ArgumentInvalid'],
])('a request with %s is refused', (_, body, code) => {
  const { files } = newFilesHub();
  expect(refusal(() => files.begin('d1', { ...body }, 'localhost'))).toMatchObject({ code });
  expect(files.list()).toEqual([]);
});

test('an ending without a clear outcome is refused, and the upload goes on', async () => {
  const { begin, files } = newFilesHub();
  const { correlationId } = begin('a');
  for (const isSuccess of [undefined, null, 'true', 1])
    expect(await codeOf(files.complete('d1', { isSuccess: isSuccess ?? null }, correlationId))).toBe(
      'InvalidFileUploadCompletionStatus',
    );
  expect(files.list()).toHaveLength(1);
});

test('without a storage account there are no uploads', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  expect(refusal(() => hub.files.begin('d1', { blobName: 'a' }, 'localhost'))).toMatchObject({
    code: 'DefaultStorageEndpointNotConfigured',
    status: 400,
  });
});

test('of two endings at the same time one counts', async () => {
  const answers: (() => void)[] = [];
  const fileStorage: FileStorage = {
    place: () => ({ hostName: 'x', containerName: 'y', sasToken: '?' }),
    find: () => new Promise((found) => answers.push(() => found({ size: 1, modifiedAt: 0 }))),
  };
  const { begin, files } = newFilesHub({ fileStorage });
  const { correlationId } = begin('a');
  const both = [1, 2].map(() => codeOf(files.complete('d1', done(correlationId))));
  for (const answer of answers) answer();
  expect(await Promise.all(both)).toEqual(['notified', 'InvalidFileUploadCorrelationId']);
  expect(files.notifications.list()).toHaveLength(1);
});

test('the uploads of a device that is deleted end', () => {
  const { begin, files, hub } = newFilesHub();
  begin('a');
  hub.registry.delete({ deviceId: 'd1' }, '*');
  expect([files.list(), hub.scheduler.entries()]).toEqual([[], []]);
});

test('a notification is locked for a minute and kept for an hour', async () => {
  const { begin, blobs, files, clock } = newFilesHub();
  blobs.put('d1/a', text('x'), {});
  await files.complete('d1', done(begin('a').correlationId));
  const { notifications } = files;
  const first = notifications.receive();
  expect(notifications.receive()).toBeUndefined();
  clock.advance(60_000);
  expect(refusal(() => notifications.complete(first?.lock.token ?? ''))).toMatchObject({
    code: 'DeviceMessageLockLost',
  });
  expect(notifications.receive()?.isRedelivered).toBe(true);
  clock.advance(HOUR);
  expect(notifications.receive()).toBeUndefined();
});

test('a notification that is abandoned ten times is given up', async () => {
  const { begin, blobs, files, happened } = newFilesHub();
  blobs.put('d1/a', text('x'), {});
  await files.complete('d1', done(begin('a').correlationId));
  for (let i = 0; i < 10; i++) files.notifications.abandon(files.notifications.receive()?.lock.token ?? '');
  expect([files.notifications.receive(), happened().at(-1)]).toEqual([undefined, 'file-notification.dead-lettered']);
});
