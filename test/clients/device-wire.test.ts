import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { Message, SharedAccessKeyAuthenticationProvider, SharedAccessSignature } from '../../clients/device/index.ts';
import { addressOf, webSocketAddressOf } from '../../clients/device/mqtt/address.ts';
import { mqttError } from '../../clients/device/mqtt/error.ts';
import { dispatch } from '../../clients/device/mqtt/inbound.ts';
import { bagOf, messageFrom } from '../../clients/device/mqtt/message.ts';
import { TwinRequests } from '../../clients/device/mqtt/twin-requests.ts';
import { ExponentialBackOffWithJitter, NoRetry } from '../../clients/service/index.ts';
import * as ServiceToken from '../../clients/service/shared-access-signature.ts';
import { VERSION } from '../../clients/shared/user-agent.ts';
import manifest from '../../package.json' with { type: 'json' };

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// Made with azure-iot-common 1.13.3 and azure-iot-device-mqtt 1.16.4.

test('tokens are signed as azure-iot-common signs them', () => {
  expect(SharedAccessSignature.create('hub.example', 'd(1)', 'bXkta2V5', 1_700_000_000).toString()).toBe(
    'SharedAccessSignature sr=hub.example%2Fdevices%2Fd%281%29&sig=rfBKxZx6HPErcgiw90IJPq%2FD6geLCJ5tayDbh2je2NE%3D&se=1700000000',
  );
  expect(ServiceToken.create('hub.example', 'iothubowner', 'bXkta2V5', 1_700_000_000).toString()).toBe(
    'SharedAccessSignature sr=hub.example&sig=3fPCBSSOPqIvM2%2FfbjF1LwzFPK2%2FFcj0%2FXhazFiInkM%3D&skn=iothubowner&se=1700000000',
  );
});

test('the topic contains the properties of a message: system properties first, then its own', () => {
  const message = Object.assign(new Message('x'), {
    messageId: 'm 1',
    correlationId: 'c/1',
    userId: 'u',
    to: 't',
    contentType: 'application/json',
    contentEncoding: 'utf-8',
    expiryTimeUtc: new Date('2026-01-01T00:00:00Z'),
  });
  message.properties.add('a b', 'v&=1');
  message.properties.add('dt-subject', 'comp');
  expect(bagOf(message)).toBe(
    '%24.mid=m%201&%24.cid=c%2F1&%24.uid=u&%24.to=t&%24.ct=application%2Fjson&%24.ce=utf-8&%24.exp=2026-01-01T00%3A00%3A00.000Z&a%20b=v%26%3D1&%24.sub=comp',
  );
  expect(bagOf(new Message('x'))).toBe('');
  expect(bagOf(new Message('x'), 'out')).toBe('%24.on=out');
});

test('a message from the cloud gets its fields from the topic', () => {
  const message = messageFrom(
    '%24.mid=m1&%24.to=%2Fdevices%2Fd1%2Fmessages%2Fdevicebound&%24.cid=c1&%24.ct=application%2Fjson&iothub-ack=full&k%20k=v',
    Buffer.from('p'),
  );
  expect(message).toMatchObject({
    messageId: 'm1',
    to: '/devices/d1/messages/devicebound',
    correlationId: 'c1',
    contentType: 'application/json',
    properties: {
      propertyList: [
        { key: 'iothub-ack', value: 'full' },
        { key: 'k k', value: 'v' },
      ],
    },
  });
  expect(message.getBytes().toString()).toBe('p');
});

test('CONNECT contains host, identity, API version and agent', () => {
  const { uri, options } = addressOf({ deviceId: 'd1', host: 'hub.example', sharedAccessSignature: 'S' }, {});
  expect([uri, options.clientId, options.clean, options.keepalive, options.password]).toEqual([
    'mqtts://hub.example',
    'd1',
    false,
    180,
    'S',
  ]);
  expect(options.username).toMatch(/^hub\.example\/d1\/\?api-version=2021-04-12&DeviceClientType=iothub-emulator%2F/);
});

test.each([
  ['hub.example', 'wss://hub.example:443/$iothub/websocket'],
  ['localhost:8443', 'wss://localhost:8443/$iothub/websocket'],
])('the WebSocket of %s is %s', (host, uri) => {
  expect(webSocketAddressOf({ deviceId: 'd', host }, {}).uri).toBe(uri);
});

test.each([
  [1, 'NotImplementedError'],
  [2, 'UnauthorizedError'],
  [3, 'ServiceUnavailableError'],
  [4, 'UnauthorizedError'],
  [5, 'UnauthorizedError'],
  ['ECONNREFUSED', 'NotConnectedError'],
])('a connection rejected with %s is a %s', (code, name) => {
  expect(mqttError(Object.assign(new Error('refused'), { code })).name).toBe(name);
});

test('the waits between attempts grow as in azure-iot-common', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const policy = new ExponentialBackOffWithJitter();
  const normal = [0, 1, 2, 3, 5, 9, 12].map((count) => policy.nextRetryTimeout(count, false));
  const throttled = [0, 1, 2, 5].map((count) => policy.nextRetryTimeout(count, true));
  expect(normal).toEqual([0, 100, 112.5, 137.5, 287.5, 3287.5, 10_000]);
  expect(throttled).toEqual([9687.5, 10_000, 10_625, 19_375]);
  expect(new NoRetry().nextRetryTimeout(1)).toBe(-1);
});

test('a twin response settles the request with its id', async () => {
  const requests = new TwinRequests();
  const get = requests.expect('1');
  const patch = requests.expect('2');
  const bad = requests.expect('3');
  const text = '{"errorCode":400004,"trackingId":"","message":"why not","timestampUtc":""}';
  expect(requests.settle('$iothub/twin/res/400/?$rid=3', Buffer.from(text))).toBe(true);
  expect(requests.settle('$iothub/twin/res/204/?$rid=2&$version=4', Buffer.alloc(0))).toBe(true);
  expect(requests.settle('$iothub/twin/res/200/?$rid=1', Buffer.from('{"desired":{}}'))).toBe(true);
  expect(requests.settle('devices/d/messages/devicebound/', Buffer.alloc(0))).toBe(false);
  await expect(bad).rejects.toMatchObject({ name: 'Error', message: 'why not', errorCode: 400004 });
  expect([await get, await patch]).toEqual([{ desired: {} }, undefined]);
});

test('a twin request without a response fails after 30 seconds', async () => {
  vi.useFakeTimers();
  const answer = new TwinRequests().expect('1').catch((error: Error) => error.name);
  vi.advanceTimersByTime(30_000);
  expect(await answer).toBe('TimeoutError');
});

test('each topic of the hub is emitted as its event', () => {
  const line = new EventEmitter();
  const seen: unknown[] = [];
  for (const event of ['desired', 'method', 'message', 'inputMessage'])
    line.on(event, (...values) => seen.push([event, ...values]));
  const at = (topic: string, payload = '{}') => dispatch(line, { topic, payload: Buffer.from(payload), key: 'd/m' });
  at('$iothub/twin/PATCH/properties/desired/?$version=2', '{"a":1,"$version":2}');
  at('$iothub/methods/POST/reboot/?$rid=5', '1');
  at('devices/d/modules/m/inputs/in1/%24.mid=x', 'body');
  at('devices/other/messages/devicebound/');
  at('$iothub/twin/PATCH/properties/desired/?$version=3', 'no json');
  expect(seen).toMatchObject([
    ['desired', { a: 1, $version: 2 }],
    ['method', { requestId: '5', methodName: 'reboot', body: Buffer.from('1') }],
    ['inputMessage', 'in1', { messageId: 'x' }],
  ]);
});

test('a key creates a new token before the old one expires', async () => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  const text = 'HostName=h;DeviceId=d;SharedAccessKey=bXkta2V5';
  const provider = SharedAccessKeyAuthenticationProvider.fromConnectionString(text);
  const expiries: unknown[] = [];
  provider.on('newTokenAvailable', ({ sharedAccessSignature }) => expiries.push(sharedAccessSignature.split('se=')[1]));
  const first = await provider.getDeviceCredentials();
  expect(first.sharedAccessSignature).toMatch(/^SharedAccessSignature sr=h%2Fdevices%2Fd&sig=[^&]+&se=1700003600$/);
  vi.advanceTimersByTime(2_700_000);
  provider.stop();
  vi.advanceTimersByTime(10_000_000);
  expect(expiries).toEqual(['1700006300']);
});

test('the clients send the version of the package', () => {
  expect(VERSION).toBe(manifest.version);
});
