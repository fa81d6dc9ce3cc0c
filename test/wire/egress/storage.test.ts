import { expect, test } from 'vitest';
import { newEgressHub, routeTo, say } from '../../support/wire/egress-hub.ts';
import { startHttp } from '../../support/wire/http-stub.ts';

const AUTH =
  '{\\"scope\\":\\"device\\",\\"type\\":\\"sas\\",\\"issuer\\":\\"iothub\\",\\"acceptingIpFilterRule\\":null}';

const cold = (endpointUri: string, more: object = {}) => ({
  endpoints: {
    storageContainers: [{ name: 'cold', endpointUri, containerName: 'box', encoding: 'JSON' as const, ...more }],
  },
  routes: [routeTo('cold')],
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-endpoints#azure-storage-as-a-routing-endpoint
test('a container gets a blob of JSON lines, named by hub, partition and time', async () => {
  await using server = await startHttp((_, response) => response.writeHead(201).end());
  using world = newEgressHub(cold(`${server.url}/account?sv=1&sig=a%2Bb`));
  const { hub, clock, next } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  say(hub, { t: 21 }, { level: 'high' });
  hub.telemetry.receive('d1', { body: new TextEncoder().encode('{"t":1}'), properties: {}, system: {} });
  const delivered = next('endpoint.delivered');
  clock.advance(300_000);
  expect(await delivered).toMatchObject({ messages: 2, to: 'contoso/00/2026/01/01/00/05.json' });
  const [put] = server.received;
  expect([put?.method, put?.url]).toEqual(['PUT', '/account/box/contoso/00/2026/01/01/00/05.json?sv=1&sig=a%2Bb']);
  expect(put?.headers).toMatchObject({ 'x-ms-blob-type': 'BlockBlob', 'if-none-match': '*' });
  const system = (before: string, between: string): string =>
    `"SystemProperties":{${before}"connectionDeviceId":"d1","connectionAuthMethod":"${AUTH}",` +
    `"connectionDeviceGenerationId":"639028224000000000",${between}"enqueuedTime":"2026-01-01T00:00:00.0000000Z"}`;
  expect(put?.body.toString()).toBe(
    `{"EnqueuedTimeUtc":"2026-01-01T00:00:00.0000000Z","Properties":{"level":"high"},` +
      `${system('"messageId":"m1",', '"contentType":"application/json","contentEncoding":"utf-8",')},"Body":{"t":21}}\n` +
      `{"EnqueuedTimeUtc":"2026-01-01T00:00:00.0000000Z","Properties":{},${system('', '')},"Body":"eyJ0IjoxfQ=="}\n`,
  );
});

test('a blob of the same name is not written over', async () => {
  let count = 0;
  await using server = await startHttp((_, response) =>
    ++count === 1
      ? response.writeHead(409, { 'x-ms-error-code': 'BlobAlreadyExists' }).end()
      : response.writeHead(201).end(),
  );
  using world = newEgressHub(cold(`${server.url}/account?sig=s`));
  world.hub.registry.create({ deviceId: 'd1' }, {});
  say(world.hub, {});
  const delivered = world.next('endpoint.delivered');
  world.clock.advance(300_000);
  expect(await delivered).toMatchObject({ to: 'contoso/00/2026/01/01/00/05_2.json' });
});

// https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
test.each([
  ['a full container', 507, 'InsufficientStorage'],
  ['a SAS that is not valid', 403, 'AuthenticationFailed'],
  ['a container that is not there', 404, 'ContainerNotFound'],
  ['a redirect', 307, 'Moved'],
])('%s is told with its code, and what was to be written waits', async (_, status, code) => {
  await using server = await startHttp((_, response) =>
    response.writeHead(status, { 'x-ms-error-code': code, location: '/elsewhere' }).end(),
  );
  using world = newEgressHub({ ...cold(`${server.url}/account?sig=secret`) });
  const { hub, clock, next } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  say(hub, {});
  const failed = next('endpoint.failed');
  clock.advance(300_000);
  const problem = `PUT of contoso/00/2026/01/01/00/05.json: ${status} ${code}`;
  expect(await failed).toMatchObject({ endpoint: 'cold', attempt: 1, problem });
  expect(hub.outbox.health.of('cold')).toMatchObject({ healthStatus: 'unhealthy', lastKnownError: problem });
  expect(hub.outbox.waiting('cold')).toBe(1);
  expect(server.received).toHaveLength(1);
});

test('a storage service that never answers is given up in time', async () => {
  await using server = await startHttp(() => {});
  using world = newEgressHub(cold(`${server.url}/account?sig=s`), { timeoutMs: 200 });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  say(world.hub, {});
  const failed = world.next('endpoint.failed');
  world.clock.advance(300_000);
  expect(await failed).toMatchObject({ problem: expect.stringContaining('no answer within 200 ms') });
});

test('an account key signs a SAS of its own; it leaves the hub in no other form', async () => {
  await using server = await startHttp((_, response) => response.writeHead(201).end());
  const key = Buffer.from('an account key').toString('base64');
  using world = newEgressHub(
    cold('', {
      endpointUri: undefined,
      connectionString: `AccountName=acct;AccountKey=${key};BlobEndpoint=${server.url}/acct`,
    }),
  );
  world.hub.registry.create({ deviceId: 'd1' }, {});
  say(world.hub, {});
  const delivered = world.next('endpoint.delivered');
  world.clock.advance(300_000);
  await delivered;
  const { pathname, searchParams } = new URL(server.received[0]?.url ?? '', 'http://x');
  expect(pathname).toBe('/acct/box/contoso/00/2026/01/01/00/05.json');
  expect([...searchParams.keys()]).toEqual(['sv', 'ss', 'srt', 'sp', 'se', 'sig']);
  expect(server.received[0]?.url).not.toContain(encodeURIComponent(key));
});
