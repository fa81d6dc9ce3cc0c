import type { ServerResponse } from 'node:http';
import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { newSession, refusal, START } from '../../support/hub/hub.ts';
import { sharedCa } from '../../support/programs/command.ts';
import { newEgressHub, routeTo, say } from '../../support/wire/egress-hub.ts';
import { type Received, startHttp } from '../../support/wire/http-stub.ts';

const AUTH = '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}';
const TOPIC =
  '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/EMULATOR/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO';
const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const json = ({ body }: Received) => JSON.parse(body.toString());

/** As Functions and other programs for Event Grid answer. */
const accept = (request: Received, response: ServerResponse): void => {
  if (request.headers['aeg-event-type'] !== 'SubscriptionValidation') return void response.writeHead(200).end();
  const [{ data }] = json(request);
  response.writeHead(200).end(JSON.stringify({ validationResponse: data.validationCode }));
};

const toHook = (endpointUrl: string, more: object = {}) => ({
  endpoints: { webhooks: [{ name: 'hook', endpointUrl, ...more }] },
  routes: [routeTo('hook')],
});

// https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
// https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub
test('a webhook that accepts the handshake gets telemetry in the schema of Event Grid', async () => {
  await using server = await startHttp(accept);
  using world = newEgressHub(toHook(`${server.url}/api/hook?code=secret`));
  const { hub, next } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  const delivered = next('endpoint.delivered');
  say(hub, { Weather: { Temperature: 900 } }, { Status: 'Active' });
  expect(await delivered).toMatchObject({ endpoint: 'hook', messages: 1, attempt: 1 });
  const [validation, notification] = server.received;
  expect([validation?.method, validation?.url]).toEqual(['POST', '/api/hook?code=secret']);
  expect(validation && json(validation)).toEqual([
    {
      id: UUID,
      topic: TOPIC,
      subject: '',
      data: { validationCode: UUID },
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      eventTime: expect.any(String),
      metadataVersion: '1',
      dataVersion: '2',
    },
  ]);
  expect(notification?.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': 'HOOK',
    'aeg-delivery-count': '0',
  });
  expect(notification && json(notification)).toEqual([
    {
      id: UUID,
      topic: TOPIC,
      subject: 'devices/d1',
      eventType: 'Microsoft.Devices.DeviceTelemetry',
      eventTime: '2026-01-01T00:00:00.0000000Z',
      data: {
        properties: { Status: 'Active' },
        systemProperties: {
          'iothub-content-type': 'application/json',
          'iothub-content-encoding': 'utf-8',
          'iothub-connection-device-id': 'd1',
          'iothub-connection-auth-method': AUTH,
          'iothub-connection-auth-generation-id': '639028224000000000',
          'iothub-enqueuedtime': START,
          'iothub-message-source': 'Telemetry',
          'iothub-message-id': 'm1',
        },
        body: { Weather: { Temperature: 900 } },
      },
      dataVersion: '',
      metadataVersion: '1',
    },
  ]);
  const again = next('endpoint.delivered');
  say(hub, {});
  await again;
  expect(server.received.map(({ headers }) => headers['aeg-event-type'])).toEqual([
    'SubscriptionValidation',
    'Notification',
    'Notification',
  ]);
});

// https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub?tabs=cloud-event-schema
test('the life of a device is told as CloudEvents, after a handshake by OPTIONS; that of modules is not', async () => {
  await using server = await startHttp((_, response) =>
    response.writeHead(200, { 'webhook-allowed-origin': 'eventgrid.azure.net' }).end(),
  );
  using world = newEgressHub({
    endpoints: {
      webhooks: [{ name: 'hook', endpointUrl: server.url, eventDeliverySchema: 'CloudEventSchemaV1_0' }],
    },
    routes: [routeTo('hook', 'DeviceLifecycleEvents'), routeTo('hook', 'DeviceConnectionStateEvents')],
  });
  const { hub, next } = world;
  const told = async (act: () => void) => {
    const delivered = next('endpoint.delivered');
    act();
    await delivered;
    const last = server.received.at(-1);
    return last && json(last);
  };
  const event = (type: string) => ({
    ...{ id: UUID, source: TOPIC, specversion: '1.0', type: `Microsoft.Devices.${type}`, subject: 'devices/d1' },
    time: '2026-01-01T00:00:00.0000000Z',
  });
  const twin = {
    deviceId: 'd1',
    ...{ etag: 'AAAAAAAAAAE=', status: 'enabled', connectionState: 'Disconnected', version: 2 },
    properties: { desired: { $version: 1 }, reported: { $version: 1 } },
  };
  expect(await told(() => hub.registry.create({ deviceId: 'd1' }, {}))).toMatchObject({
    ...event('DeviceCreated'),
    data: { hubName: 'contoso', deviceId: 'd1', twin },
  });
  expect(server.received[0]).toMatchObject({
    method: 'OPTIONS',
    headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
  });
  expect(server.received[1]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const { session } = newSession('d1');
  expect(await told(() => hub.sessions.open(session, { resume: false }))).toEqual({
    ...event('DeviceConnected'),
    data: {
      deviceConnectionStateEventInfo: { sequenceNumber: expect.stringMatching(/^[0-9A-F]{64}$/) },
      hubName: 'contoso',
      deviceId: 'd1',
    },
  });
  expect(await told(() => hub.sessions.close(session))).toMatchObject(event('DeviceDisconnected'));
  expect(await told(() => hub.registry.delete({ deviceId: 'd1' }, '*'))).toMatchObject({
    ...event('DeviceDeleted'),
    data: { hubName: 'contoso', deviceId: 'd1', twin },
  });
  expect(server.received).toHaveLength(5);
});

test.each([
  ['no handshake', 200, '{}', 'it did not accept the handshake, it answered 200'],
  ['a redirect', 302, '', 'it did not accept the handshake, it answered 302'],
])('a webhook that answers with %s gets no message, and health says why', async (_, status, body, problem) => {
  await using server = await startHttp((_, response) => response.writeHead(status, { location: '/other' }).end(body));
  using world = newEgressHub(toHook(server.url));
  world.hub.registry.create({ deviceId: 'd1' }, {});
  const failed = world.next('endpoint.failed');
  say(world.hub, {});
  expect(await failed).toMatchObject({ endpoint: 'hook', attempt: 1, problem: expect.stringContaining(problem) });
  expect(server.received).toHaveLength(1);
  expect(world.hub.outbox.health.of('hook')).toMatchObject({ healthStatus: 'unhealthy', delivered: 0 });
});

test('a webhook is tried again when the time has come, and the handshake is not repeated', async () => {
  let isBroken = true;
  await using server = await startHttp((request, response) => {
    if (request.headers['aeg-event-type'] === 'Notification' && isBroken) response.writeHead(503).end();
    else accept(request, response);
  });
  using world = newEgressHub(toHook(server.url));
  world.hub.registry.create({ deviceId: 'd1' }, {});
  const failed = world.next('endpoint.failed');
  say(world.hub, {});
  expect(await failed).toMatchObject({ problem: 'it answered 503' });
  isBroken = false;
  const delivered = world.next('endpoint.delivered');
  world.clock.advance(10_000);
  expect(await delivered).toMatchObject({ attempt: 2 });
  expect(server.received.map(({ headers }) => headers['aeg-delivery-count'])).toEqual([undefined, '0', '1']);
});

test('a webhook that never answers, or answers in drops, is given up in time, and nothing else waits', async () => {
  await using server = await startHttp((request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(drip));
  });
  for (const path of ['/silent', '/drops']) {
    using world = newEgressHub(
      { ...toHook(server.url + path), routes: [routeTo('hook'), { ...routeTo('events'), name: 'too' }] },
      { timeoutMs: 300 },
    );
    const { hub, next } = world;
    hub.registry.create({ deviceId: 'd1' }, {});
    const failed = next('endpoint.failed');
    say(hub, { n: 1 });
    say(hub, { n: 2 });
    expect(hub.stream.end({ eventHub: 'events', partition: 0 }).sequenceNumber).toBe(1);
    expect(await failed).toMatchObject({ problem: `POST of ${server.url}: no answer within 300 ms` });
    expect(hub.outbox.waiting('hook')).toBe(2);
  }
});

test('a webhook on another machine is refused unless it was allowed, without a word to it', () => {
  const elsewhere = toHook('https://hooks.example.com/x');
  using world = newEgressHub({});
  expect(refusal(() => world.hub.router.replace(elsewhere))).toMatchObject({
    code: 'ArgumentInvalid',
    message: expect.stringContaining('start with --allow-webhook hooks.example.com'),
  });
  for (const url of ['ftp://localhost', 'http://a:b@localhost', 'http://localhost.example.com', 'http://167772161'])
    expect(refusal(() => world.hub.router.replace(toHook(url)))).toMatchObject({ code: 'ArgumentInvalid' });
  using allowing = newEgressHub({}, { allowsWebhook: (host) => host === 'hooks.example.com' });
  allowing.hub.router.replace(elsewhere);
});

test('an emulator admits the hosts of allowWebhook, and refuses to start with a webhook elsewhere', async () => {
  const routing = toHook('https://hooks.example.com/x');
  await expect(startEmulator({ caDir: sharedCa, routing })).rejects.toThrow('--allow-webhook hooks.example.com');
  await using emulator = await startEmulator({ caDir: sharedCa, routing, allowWebhook: ['Hooks.example.com'] });
  expect(emulator.hub.router.outerEndpoints).toMatchObject([{ kind: 'webhook', name: 'hook' }]);
});

test('while a webhook never answers, a device reports and a service reads as ever, and settle ends', async () => {
  await using server = await startHttp(() => {});
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['d1'], routing: toHook(server.url) });
  const { hub } = emulator;
  for (let n = 0; n < 1000; n++) say(hub, { n });
  hub.twins.report('d1', { n: 1000 });
  expect(hub.twins.get('d1').twin.reported.values).toEqual({ n: 1000 });
  expect(hub.outbox.waiting('hook')).toBe(1000);
  expect(await fetch(`${emulator.adminUrl}/routing/health`).then((answer) => answer.json())).toMatchObject({
    value: [
      { endpointId: 'events', healthStatus: 'healthy' },
      { endpointId: 'hook', healthStatus: 'unknown', waiting: 1000 },
    ],
  });
  await emulator.settle();
}, 15_000);
