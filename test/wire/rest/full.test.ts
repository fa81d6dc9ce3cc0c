import { expect, test } from 'vitest';
import type { Session } from '../../../emulator/hub/messaging/session.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling

const codeOf = async (asked: ReturnType<Rest['ask']>): Promise<[number, unknown]> => {
  const { status, headers } = await asked;
  return [status, headers['iothub-errorcode']];
};

/** Connects a device that receives direct methods and does not answer. */
const connectSilent = (rest: Rest): Session => {
  const session: Session = { key: 'd1', protocol: 'test', deliver: () => {}, close: () => {} };
  rest.hub.sessions.open(session, { resume: false });
  rest.hub.sessions.subscribe(session, 'methods', 0);
  return session;
};

test('a device has fifty modules and no more', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  for (let i = 1; i <= 50; i++)
    expect((await rest.ask('PUT', `/devices/d1/modules/m${i}`, { body: {} })).status).toBe(200);
  expect(await codeOf(rest.ask('PUT', '/devices/d1/modules/m51', { body: {} }))).toEqual([
    413,
    'TooManyModulesOnDevice',
  ]);
  expect((await rest.ask('PUT', '/devices/d1/modules/m50', { body: {} })).body).toMatchObject({
    errorCode: 409301,
    message: 'Device d1 in IotHub localhost already contains Module m50.',
  });
});

test('ten jobs wait and no more', async () => {
  await using rest = await startRest();
  const body = {
    type: 'scheduleUpdateTwin',
    updateTwin: { tags: { a: 1 }, etag: '*' },
    queryCondition: '*',
    startTime: '2026-01-02T00:00:00Z',
  };
  for (let i = 1; i <= 10; i++) expect((await rest.ask('PUT', `/jobs/v2/job${i}`, { body })).status).toBe(200);
  expect(await codeOf(rest.ask('PUT', '/jobs/v2/job11', { body }))).toEqual([
    429,
    'ThrottlingMaxActiveJobCountExceeded',
  ]);
});

test('ten calls of a device wait and no more, and all end with its connection', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  const session = connectSilent(rest);
  const call = () => codeOf(rest.ask('POST', '/twins/d1/methods', { body: { methodName: 'reboot' } }));
  const waiting = Array.from({ length: 10 }, call);
  await expect.poll(() => rest.events.filter(({ type }) => type === 'method.called').length).toBe(10);
  expect(await call()).toEqual([403, 'DeviceMaximumInflightMethodExceeded']);
  rest.hub.sessions.close(session);
  expect(new Set((await Promise.all(waiting)).map(String))).toEqual(new Set(['404,DeviceConnectionClosedRemotely']));
});

test('the caller learns of an answer that is not valid JSON', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  connectSilent(rest);
  const call = codeOf(rest.ask('POST', '/twins/d1/methods', { body: { methodName: 'reboot' } }));
  await expect.poll(() => rest.events.some(({ type }) => type === 'method.called')).toBe(true);
  rest.hub.methods.respond('d1', '1', { status: 200, payload: undefined });
  expect(await call).toEqual([502, 'InvalidResponseWhileProxying']);
});

test('what belongs to edge devices is guarded', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/e1', { body: { capabilities: { iotEdge: true } } });
  const headers = { 'if-match': '*' };
  expect(await codeOf(rest.ask('DELETE', '/devices/e1/modules/$edgeHub', { headers }))).toEqual([
    401,
    'SystemModuleModifyUnauthorizedAccess',
  ]);
  for (const method of ['PATCH', 'PUT'])
    expect(await rest.ask(method, '/twins/e1/modules/$edgeAgent', { body: { tags: { a: 1 } } })).toMatchObject({
      status: 401,
      // https://github.com/Azure/iotedge/issues/1162
      body: { Message: 'ErrorCode:SystemModuleModifyUnauthorizedAccess;Unauthorized to modify reserved module.' },
    });
  const body = { deviceScope: 'ms-azure-iot-edge://nobody' };
  expect(await codeOf(rest.ask('PUT', '/devices/leaf', { body }))).toEqual([400, 'InvalidDeviceScope']);
});

test('a device named twice in a request is refused with the whole of it', async () => {
  await using rest = await startRest();
  const body = ['d1', 'd1'].map((id) => ({ id, importMode: 'create' }));
  expect((await rest.ask('POST', '/devices', { body })).body).toMatchObject({
    Message: 'ErrorCode:DeviceDefinedMultipleTimes;DeviceDefinedMultipleTimes, device ID d1',
  });
});

test('a module twin is replaced, a digital twin keeps its properties', async () => {
  await using rest = await startRest();
  await rest.ask('PUT', '/devices/d1', { body: {} });
  await rest.ask('PUT', '/devices/d1/modules/m1', { body: {} });
  const path = '/twins/d1/modules/m1';
  await rest.ask('PATCH', path, { body: { tags: { a: 1 }, properties: { desired: { b: 1 } } } });
  const { status, body } = await rest.ask('PUT', path, { body: { properties: { desired: { c: 2 } } } });
  const { tags, properties } = Object(body);
  expect([status, tags, Object.keys(properties.desired)]).toEqual([200, {}, ['c', '$metadata', '$version']]);
  const patch = [{ op: 'add', path: '/a', value: null }];
  expect(await codeOf(rest.ask('PATCH', '/digitaltwins/d1', { body: patch }))).toEqual([
    400,
    'InvalidDigitalTwinPatch',
  ]);
});
