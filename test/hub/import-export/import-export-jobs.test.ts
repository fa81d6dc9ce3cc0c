import { expect, test } from 'vitest';
import { renderImportExportJob } from '../../../emulator/hub/import-export/import-export-job.ts';
import type { BlobTransfer } from '../../../emulator/hub/import-export/import-export-jobs.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { newHub } from '../../support/hub/hub.ts';

const ORDER = { type: 'export', outputBlobContainerUri: 'https://example.com/box' };

/** A hub whose blobs are as quick as the test says. */
const newWorld = () => {
  const carried: { end: (failure?: string) => void; stopped: boolean }[] = [];
  const blobTransfer: BlobTransfer = {
    check: () => Promise.resolve(),
    transfer(_order, _lines, end) {
      const one = { end, stopped: false };
      carried.push(one);
      return () => {
        one.stopped = true;
      };
    },
  };
  return { ...newHub({ blobTransfer: blobTransfer }), carried };
};

test('an export is enqueued, runs, and ends well or not, on the clock of the hub', async () => {
  const { hub, clock, carried, events } = newWorld();
  const { jobId } = await hub.importExports.create(ORDER);
  const seen = () => {
    const { status, startedAt, endedAt, failureReason } = hub.importExports.get(jobId);
    return [status, startedAt, endedAt, failureReason];
  };
  const now = clock.now();
  expect(seen()).toEqual(['enqueued', undefined, undefined, undefined]);
  clock.settle();
  expect(seen()).toEqual(['running', now, undefined, undefined]);
  clock.advance(3_000);
  carried[0]?.end('PUT of devices.txt: 403 AuthorizationFailure');
  expect(seen()).toEqual(['failed', now, now + 3_000, 'PUT of devices.txt: 403 AuthorizationFailure']);
  expect(events.map((event) => (event.type === 'import-export.changed' ? event.status : event.type))).toEqual([
    'enqueued',
    'running',
    'clock.advanced',
    'failed',
  ]);
  clock.advance(30 * 86_400_000);
  expect(hub.importExports.list()).toEqual([]);
});

test('the end of the work of a cancelled job is ignored', async () => {
  const { hub, clock, carried } = newWorld();
  const { jobId } = await hub.importExports.create(ORDER);
  clock.settle();
  hub.importExports.cancel(jobId);
  carried[0]?.end();
  expect([carried[0]?.stopped, hub.importExports.get(jobId).status]).toEqual([true, 'cancelled']);
});

test('of two that were ordered at once one is refused', async () => {
  const { hub } = newWorld();
  const [first, second] = [hub.importExports.create(ORDER), hub.importExports.create(ORDER)];
  expect((await first).status).toBe('enqueued');
  await expect(second).rejects.toMatchObject({ code: 'JobQuotaExceeded', status: 403 });
});

test('a job that ran when a snapshot was taken has failed after its restore, one that waited runs', async () => {
  const { hub, clock, carried } = newWorld();
  const { jobId } = await hub.importExports.create(ORDER);
  const waiting = takeSnapshot(hub);
  clock.settle();
  const running = takeSnapshot(hub);
  restoreSnapshot(hub, running);
  expect([carried[0]?.stopped, hub.importExports.get(jobId).status]).toEqual([true, 'failed']);
  expect(renderImportExportJob(hub.importExports.get(jobId))).toMatchObject({ endTimeUtc: '2026-01-01T00:00:00Z' });
  restoreSnapshot(hub, waiting);
  clock.settle();
  carried[1]?.end();
  expect(hub.importExports.get(jobId).status).toBe('completed');
});

test('a hub without access to blobs refuses imports and exports', async () => {
  await expect(newHub().hub.importExports.create(ORDER)).rejects.toMatchObject({ code: 'FeatureNotSupported' });
});
