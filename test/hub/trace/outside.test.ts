import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { HubOptions } from '../../../emulator/hub/hub-options.ts';
import { Recorder } from '../../../emulator/hub/trace/recorder.ts';
import { replay } from '../../../emulator/traces/replay.ts';
import { newHub } from '../../support/hub/hub.ts';

/** What happens outside of a hub is recorded: gives the file of the trace, and its text. */
const record = async (options: Partial<HubOptions>, run: (world: ReturnType<typeof newHub>) => Promise<void>) => {
  const world = newHub(options);
  const lines: string[] = [];
  const recorder = new Recorder(world.hub, { by: '1.0.0', options: {}, write: (line) => lines.push(line) });
  await run(world);
  recorder.stop();
  const file = join(mkdtempSync(join(tmpdir(), 'outside-')), 'run.trace');
  writeFileSync(file, gzipSync(lines.join('\n')));
  return { file, text: lines.join('\n') };
};

test('an upload to a storage account is replayed without its bytes, and the replay says so', async () => {
  const place = { hostName: 'account.blob.core.windows.net', containerName: 'box', sasToken: '?sig=c2VjcmV0' };
  const fileStorage = {
    place: () => place,
    find: () => Promise.resolve({ size: 5, modifiedAt: Date.parse('2026-01-01T00:00:00Z') }),
  };
  const { file, text } = await record({ fileStorage }, async ({ hub }) => {
    hub.registry.create({ deviceId: 'cam' }, {});
    const { correlationId } = hub.files.begin('cam', { blobName: 'a.jpg' }, 'localhost');
    await hub.files.complete('cam', { isSuccess: true }, correlationId);
  });
  expect(text).not.toContain('c2VjcmV0');
  const { hub, deviation, isEqual, missing } = await replay(file, { compares: true });
  expect([deviation, isEqual]).toEqual([undefined, true]);
  expect(hub.files.notifications.list()).toMatchObject([
    {
      item: {
        deviceId: 'cam',
        blobUri: 'https://account.blob.core.windows.net/box/cam/a.jpg',
        blobSizeInBytes: 5,
        lastUpdatedTime: '2026-01-01T00:00:00+00:00',
      },
    },
  ]);
  expect(missing).toEqual(['the content of 1 uploaded files, which is in a storage account']);
});

test('an upload to the hub itself is replayed with its bytes', async () => {
  const fileStorage = { place: () => ({ hostName: 'localhost/own', containerName: 'uploads', sasToken: '?sig=x' }) };
  const { file } = await record({ fileStorage }, async ({ hub }) => {
    hub.registry.create({ deviceId: 'cam' }, {});
    const { correlationId, blobName } = hub.files.begin('cam', { blobName: 'a.txt' }, 'localhost');
    hub.blobs.put(blobName, new TextEncoder().encode('hello'), {});
    await hub.files.complete('cam', { isSuccess: true }, correlationId);
  });
  const { hub, deviation, missing } = await replay(file, { compares: true });
  expect([deviation, missing]).toEqual([undefined, []]);
  expect(new TextDecoder().decode(hub.blobs.get('cam/a.txt').content[0])).toBe('hello');
});

test('an import is replayed with what it changed and how it ended, without its blobs and their keys', async () => {
  const blobTransfer: HubOptions['blobTransfer'] = {
    check: () => Promise.resolve(),
    transfer(_, lines, ended) {
      queueMicrotask(() => {
        lines.writeDevice('{"id":"imported","status":"enabled","importMode":"createOrUpdate"}');
        ended();
      });
      return () => {};
    },
  };
  const box = 'https://account.blob.core.windows.net/box?sv=2024-11-04&sig=c2VjcmV0';
  const { file, text } = await record({ blobTransfer }, async ({ hub, clock }) => {
    const order = { type: 'import', inputBlobContainerUri: box, outputBlobContainerUri: box };
    await hub.importExports.create(order);
    clock.settle();
    await Promise.resolve();
  });
  expect(text).not.toContain('c2VjcmV0');
  const { hub, deviation, missing } = await replay(file, { compares: true });
  expect(deviation).toBeUndefined();
  expect(hub.registry.find('imported')?.identity.status).toBe('enabled');
  expect(hub.importExports.list()).toMatchObject([
    { status: 'completed', endedAt: Date.parse('2026-01-01T00:00:00Z') },
  ]);
  expect(missing).toEqual(['the blobs of 1 import and export jobs; it has what the imports changed']);
});
