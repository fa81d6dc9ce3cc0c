import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/schedule-jobs-node */
export default story('Jobs lock doors and set buildings', async (stage) => {
  const { registry, jobs } = stage;
  const [deviceId, away] = [await stage.createDevice(), await stage.createDevice()];
  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  let calls = 0;
  device.onDeviceMethod('lockDoor', (_request, response) => {
    calls += 1;
    response.send(200, () => {});
  });
  await stage.report(twin, { ready: true }); // by now the hub has received its subscription

  const condition = `deviceId IN ['${deviceId}']`;
  const [methodJob, twinJob] = [stage.invent('lock'), stage.invent('building')];
  const call = { methodName: 'lockDoor', payload: null, responseTimeoutInSeconds: 15 };
  const patch = { etag: '*', properties: { desired: { building: '43', floor: 3 } } };
  await jobs.scheduleDeviceMethod(methodJob, condition, call, new Date(), 300);
  await stage.scheduled(() => jobs.scheduleTwinUpdate(twinJob, condition, patch, new Date(), 300));
  const locked = await stage.ended(methodJob);
  stage.see('the method job is done', [locked.type, locked.status, calls], ['scheduleDeviceMethod', 'completed', 1]);
  stage.see('it succeeded for the one device', locked.deviceJobStatistics?.succeededCount, 1);
  stage.see('the twin job is done', (await stage.ended(twinJob)).status, 'completed');
  const { responseBody: updated } = await registry.getTwin(deviceId);
  const { building, floor } = updated.properties.desired;
  stage.see('the twin has the new properties', { building, floor }, { building: '43', floor: 3 });

  const text = `SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '${methodJob}'`;
  const look = async () => (await registry.createQuery(text).next()).result;
  const rows = await stage.until(look, (found) => found.length === 1);
  const answers = rows.map((row) => Object(row).outcome?.deviceMethodResponse);
  stage.see('the job has kept the response of the device', answers, [{ status: 200, payload: null }]);

  const both = stage.invent('both');
  await jobs.scheduleDeviceMethod(both, `deviceId IN ['${deviceId}', '${away}']`, call, new Date(), 300);
  const { status, deviceJobStatistics } = await stage.ended(both);
  const { succeededCount, failedCount } = deviceJobStatistics ?? {};
  stage.see(
    'it fails for a disconnected device, but the job is done',
    [status, succeededCount, failedCount],
    ['completed', 1, 1],
  );

  const later = stage.invent('later');
  await jobs.scheduleTwinUpdate(later, condition, patch, new Date(Date.now() + 3_600_000), 300);
  stage.see('a scheduled job can be cancelled', (await jobs.cancelJob(later)).jobStatus.status, 'cancelled');
  stage.see('it stays cancelled', (await stage.ended(later)).status, 'cancelled');
});
