import { expect, test } from 'vitest';
import { signSas } from '../../../protocol/sas.ts';
import { message, textOf } from '../../support/hub/messages.ts';
import { type Ask, startRest } from '../../support/wire/rest-client.ts';

// https://learn.microsoft.com/rest/api/iothub/device

const EVENTS = '/devices/d1/messages/events';
const INBOX = '/devices/d1/messages/deviceBound';
const EXPIRY = Math.floor(Date.now() / 1000) + 3600;
const BATCH = { 'content-type': 'application/vnd.microsoft.iothub.json' };

const open = async () => {
  const rest = await startRest();
  const { registry, fleet, inbox, events } = rest.hub;
  for (const deviceId of ['d1', 'd2']) registry.create({ deviceId }, {});
  registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const tokenOf = (key: string, resource: string) =>
    signSas({ resource, key: fleet.get(key).identity.authentication.primaryKey ?? '', expiry: EXPIRY });
  const as = { authorization: tokenOf('d1', 'localhost/devices/d1') };
  const ask = (method: string, path: string, asked: Ask = {}) => rest.ask(method, path, { as, ...asked });
  const told: { text: string; properties: object; system: object }[] = [];
  events.listen((event) => {
    if (event.type !== 'telemetry') return;
    const { properties, system } = event.message;
    told.push({ text: textOf(event.message), properties: { ...properties }, system });
  });
  const codeOf = async (method: string, path: string, asked: Ask = {}) => {
    const { status, headers } = await ask(method, path, asked);
    return [status, headers['iothub-errorcode']];
  };
  const receive = async (headers: Record<string, string> = {}) => {
    const answer = await ask('GET', INBOX, { headers });
    return { ...answer, lockToken: answer.headers.etag?.slice(1, -1) ?? '' };
  };
  const send = (text: string) => inbox.enqueue('d1', message(text));
  return { ...rest, tokenOf, ask, told, codeOf, receive, send, [Symbol.asyncDispose]: rest[Symbol.asyncDispose] };
};

test('a device sends a message, with the properties of its headers', async () => {
  await using rest = await open();
  const headers = {
    'iothub-to': '/devices/d1/messages/events',
    'IoTHub-MessageId': 'm1',
    'iothub-correlationid': 'c1',
    'iothub-userid': 'u1',
    'iothub-contenttype': 'application/json',
    'iothub-contentencoding': 'utf-8',
    'iothub-creation-time-utc': '2026-11-23T10:00:00.000Z',
    'dt-subject': 'thermostat1',
    'iothub-app-Level': 'high',
  };
  expect(await rest.ask('POST', EVENTS, { body: '{"t":1}', headers })).toMatchObject({ status: 204, text: '' });
  expect(rest.told).toMatchObject([
    {
      text: '{"t":1}',
      properties: { Level: 'high' },
      system: {
        messageId: 'm1',
        correlationId: 'c1',
        userId: 'u1',
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        creationTimeUtc: '2026-11-23T10:00:00.000Z',
        componentName: 'thermostat1',
        connectionDeviceId: 'd1',
        messageSource: 'Telemetry',
      },
    },
  ]);
});

// https://github.com/Azure/azure-iot-sdk-node/blob/main/device/transport/http/src/http.ts: sendEventBatch
// https://github.com/Azure/azure-iot-sdk-c/blob/main/iothub_client/devdoc/iothubtransporthttp_requirements.md: base64Encoded
test('a device sends a batch', async () => {
  await using rest = await open();
  const body = [
    { body: 'b25l', properties: { 'iothub-app-k': 'v', 'iothub-messageid': 'm1' } },
    { body: 'dHdv', base64Encoded: true },
    { body: 'three', base64Encoded: false },
  ];
  expect(await rest.codeOf('POST', EVENTS, { body, headers: BATCH })).toEqual([204, undefined]);
  expect(rest.told.map(({ text, properties }) => [text, properties])).toEqual([
    ['one', { k: 'v' }],
    ['two', {}],
    ['three', {}],
  ]);
});

test.each([
  ['no JSON', 'x'],
  ['no array', '{}'],
  ['an item that is not an object', '[1]'],
  ['a message without a body', '[{"body":"b25l"},{}]'],
  ['a body that is not base64', '[{"body":"b25l"},{"body":"?"}]'],
  ['a property that is not a text', '[{"body":"b25l","properties":{"iothub-app-k":1}}]'],
])('a batch with %s is refused as a whole', async (_, body) => {
  await using rest = await open();
  expect(await rest.codeOf('POST', EVENTS, { body, headers: BATCH })).toEqual([400, 'ArgumentInvalid']);
  expect(rest.told).toEqual([]);
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-quotas-throttling#other-limits: 256 KB, a batch too
test('a message or a batch of more than 256 KB is refused', async () => {
  await using rest = await open();
  expect(await rest.codeOf('POST', EVENTS, { body: 'x'.repeat(262_145) })).toEqual([413, 'MessageTooLarge']);
  const half = { body: Buffer.alloc(131_073).toString('base64') };
  expect(await rest.codeOf('POST', EVENTS, { body: [half, half], headers: BATCH })).toEqual([413, 'MessageTooLarge']);
  expect(rest.told).toEqual([]);
});

test('an empty queue is answered 204', async () => {
  await using rest = await open();
  expect(await rest.receive()).toMatchObject({ status: 204, text: '' });
});

// https://learn.microsoft.com/rest/api/iothub/device/receive-device-bound-notification
test('a device receives a message with its properties and its lock', async () => {
  await using rest = await open();
  const system = { messageId: 'm1', correlationId: 'c1', userId: 'u1', ack: 'full', contentType: 'text/plain' };
  rest.hub.inbox.enqueue('d1', { body: Buffer.from('hello'), properties: { Alarm: 'yes' }, system });
  const { status, headers, text } = await rest.receive();
  expect([status, text]).toEqual([200, 'hello']);
  expect(headers).toMatchObject({
    etag: expect.stringMatching(/^"[0-9a-f-]{36}"$/),
    'iothub-messageid': 'm1',
    'iothub-correlationid': 'c1',
    'iothub-userid': 'u1',
    'iothub-to': '/devices/d1/messages/devicebound',
    'iothub-ack': 'full',
    'iothub-contenttype': 'text/plain',
    'iothub-sequencenumber': expect.stringMatching(/^\d+$/),
    'iothub-enqueuedtime': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    'iothub-deliverycount': '0',
    'iothub-app-alarm': 'yes',
  });
});

test('a property that does not fit into a header is percent-encoded', async () => {
  await using rest = await open();
  rest.hub.inbox.enqueue('d1', { body: Buffer.from('x'), properties: {}, system: { messageId: 'ä\r\nb\ud800' } });
  expect((await rest.receive()).headers['iothub-messageid']).toBe('%C3%A4%0D%0Ab%EF%BF%BD');
});

test('a message is completed, and a lock settles once', async () => {
  await using rest = await open();
  rest.send('one');
  const { lockToken } = await rest.receive();
  // the SDK for Node sends the token without quotes
  const headers = { 'if-match': lockToken };
  expect(await rest.codeOf('DELETE', `${INBOX}/${lockToken}`, { headers })).toEqual([204, undefined]);
  expect(rest.hub.inbox.list('d1')).toEqual([]);
  expect(await rest.codeOf('DELETE', `${INBOX}/${lockToken}`)).toEqual([412, 'DeviceMessageLockLost']);
});

test.each(['reject', 'reject=true', 'reject='])('a message is rejected by ?%s', async (query) => {
  await using rest = await open();
  rest.send('one');
  const { lockToken } = await rest.receive();
  expect(await rest.codeOf('DELETE', `${INBOX}/${lockToken}?${query}`)).toEqual([204, undefined]);
  expect(rest.events.map(({ type }) => type)).toContain('c2d.rejected');
  expect(rest.events.map(({ type }) => type)).not.toContain('c2d.completed');
});

test('an abandoned message is received again, which counts', async () => {
  await using rest = await open();
  rest.send('one');
  const first = await rest.receive();
  expect(await rest.codeOf('POST', `${INBOX}/${first.lockToken}/abandon`)).toEqual([204, undefined]);
  const second = await rest.receive();
  expect([second.text, second.headers['iothub-deliverycount']]).toEqual(['one', '1']);
  expect(await rest.codeOf('POST', `${INBOX}/${first.lockToken}/abandon`)).toEqual([412, 'DeviceMessageLockLost']);
});

test.each([
  [{}, 60],
  [{ 'iothub-messagelocktimeout': '5' }, 5],
  [{ 'iothub-messagelocktimeout': 'soon' }, 60],
])('the lock of a request with %j lasts %i s', async (headers, seconds) => {
  await using rest = await open();
  rest.send('one');
  await rest.receive(headers);
  rest.clock.advance(seconds * 1000 - 1);
  expect((await rest.receive()).status).toBe(204);
  rest.clock.advance(1);
  expect((await rest.receive()).status).toBe(200);
});

test.each([
  ['POST', EVENTS],
  ['GET', INBOX],
  ['DELETE', `${INBOX}/t1`],
  ['POST', `${INBOX}/t1/abandon`],
])('%s %s is for the device and for policies that may connect devices', async (method, path) => {
  await using rest = await open();
  const statusOf = async (as: Required<Ask>['as']) => (await rest.ask(method, path, { as })).status;
  const refused = [
    await statusOf({ authorization: undefined }),
    await statusOf({ authorization: rest.tokenOf('d2', 'localhost/devices/d2') }),
    await statusOf({ authorization: rest.tokenOf('d1/m1', 'localhost/devices/d1/modules/m1') }),
    await statusOf('service'),
    await statusOf('registryReadWrite'),
  ];
  expect(refused).toEqual([401, 401, 401, 401, 401]);
  expect(await statusOf('device')).not.toBe(401);
  expect(await statusOf('iothubowner')).not.toBe(401);
});

test('a disabled device is refused', async () => {
  await using rest = await open();
  rest.hub.registry.put({ deviceId: 'd1' }, { deviceId: 'd1', status: 'disabled' }, '*');
  expect(await rest.codeOf('GET', INBOX)).toEqual([401, 'IotHubUnauthorizedAccess']);
});

// tried on a live hub
test('devices have no twin over HTTPS, and modules no messages', async () => {
  await using rest = await open();
  const module = { as: { authorization: rest.tokenOf('d1/m1', 'localhost/devices/d1/modules/m1') } };
  expect((await rest.ask('GET', '/twins/d1')).status).toBe(401);
  expect((await rest.ask('POST', '/devices/d1/modules/m1/messages/events', { body: 'x', ...module })).status).toBe(404);
  expect((await rest.ask('GET', '/devices/d1/modules/m1/messages/deviceBound', module)).status).toBe(404);
});
