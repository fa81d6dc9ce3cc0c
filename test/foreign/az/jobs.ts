import { expect, test } from 'vitest';
import { connectDevice } from '../../support/hub/device-end.ts';
import { startBlobs } from '../../support/wire/blob-stub.ts';
import type { Call } from './codes.ts';
import type { Tool } from './tool.ts';

/** azext_iot/iothub/providers/job.py. */
export const jobs = (az: () => Tool): void => {
  const ended = (call: Call, id: string) =>
    expect.poll(async () => (await az().object(call, { names: [id] })).status, { timeout: 20_000 });

  test('create, with and without --wait, show, list, cancel', async () => {
    await az().create('j');
    connectDevice(az().hub.hub, 'j', () => ({ status: 200, payload: null }));
    const common = { queryCondition: "deviceId = 'j'", maxExecutionTimeInSeconds: 3600 };
    const updateTwin = { tags: { seen: true }, etag: '*' };
    const order = { ...common, jobId: 'j-1', type: 'scheduleUpdateTwin', updateTwin };
    await az().ask('PUT /jobs/v2/{id}', { names: ['j-1'], body: order });
    await ended('GET /jobs/v2/{id}', 'j-1').toBe('completed');
    const call = { methodName: 'wave', payload: {}, responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 30 };
    const method = { ...common, jobId: 'j-2', type: 'scheduleDeviceMethod', cloudToDeviceMethod: call };
    await az().ask('PUT /jobs/v2/{id}', { names: ['j-2'], body: method });
    await ended('GET /jobs/v2/{id}', 'j-2').toBe('completed');
    const startTime = new Date(Date.now() + 3_600_000).toISOString();
    const later = { ...order, jobId: 'j-3', queryCondition: '*', startTime };
    await az().ask('PUT /jobs/v2/{id}', { names: ['j-3'], body: later });
    expect(await az().object('POST /jobs/v2/{id}/cancel', { names: ['j-3'] })).toMatchObject({ status: 'cancelled' });
    const list = async (query?: string) => {
      const { body } = await az().ask('GET /jobs/v2/query', query === undefined ? {} : { query });
      return (body as { jobId: string }[]).map(({ jobId }) => jobId).sort(); // each row is a job
    };
    expect(await list()).toEqual(['j-1', 'j-2', 'j-3']);
    expect(await list('jobType=scheduleUpdateTwin&jobStatus=completed')).toEqual(['j-1']);
  });

  test('show, list, cancel, for import and export jobs', async () => {
    await using blobs = await startBlobs();
    const body = { type: 'export', outputBlobContainerUri: blobs.container('box'), excludeKeysInExport: true };
    const { jobId } = await az().object('POST /jobs/create', { body });
    const names = [String(jobId)];
    expect(await az().object('GET /jobs/v2/{id}', { names })).toMatchObject({ jobId, status: 'unknown' });
    await ended('GET /jobs/{id}', String(jobId)).toBe('completed');
    const shown = await az().object('GET /jobs/{id}', { names });
    expect(shown).toMatchObject({ jobId, type: 'export', progress: 100, excludeKeysInExport: true });
    expect((await az().ask('GET /jobs')).body).toEqual([shown]);
    const stuck = { ...body, outputBlobContainerUri: blobs.container('stuck') };
    const next = [String((await az().object('POST /jobs/create', { body: stuck })).jobId)];
    expect(await az().object('DELETE /jobs/{id}', { names: next })).toMatchObject({ status: 'cancelled' });
  });
};
