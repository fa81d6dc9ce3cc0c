import { expect, test } from 'vitest';
import { startRest } from '../../support/wire/rest-client.ts';
import { B1, exhaust, fill, S1, spend } from '../../support/wire/tiers.ts';

const open = async (tier: typeof S1 | typeof B1) => {
  const rest = await startRest({ tier });
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  return rest;
};

// observed 2026-08 on a live hub: code, text and headers
test('beyond the throttle a request is answered 429 with the code of the service', async () => {
  await using rest = await open(S1);
  exhaust(rest.hub, 'GET /devices');
  const { status, headers, body } = await rest.ask('GET', '/devices/d1');
  expect([status, headers['iothub-errorcode'], headers.connection, headers['retry-after']]).toEqual([
    429,
    'ThrottlingBacklogTimeout',
    'close',
    undefined,
  ]);
  expect(body).toMatchObject({
    Message:
      'ErrorCode:ThrottlingBacklogTimeout;The request has been throttled. Wait 10 seconds and try again. ' +
      'Operation type: RegistryRead',
  });
  expect(headers['x-iothub-emulator-hint']).toBe('S1 allows registry operations: 100 per minute');
  expect((await rest.ask('GET', '/twins/d1')).status).toBe(200);
  rest.clock.advance(60_000);
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(200);
});

test('a request that waits is answered when its turn has come', async () => {
  await using rest = await open(S1);
  const wait = fill(rest.hub, 'GET /configurations/:id');
  let isAnswered = false;
  const answer = rest.ask('GET', '/configurations').finally(() => {
    isAnswered = true;
  });
  while (rest.hub.changes.space('throttles').copy().find('configurations') === undefined) await turn();
  await rest.ask('GET', '/twins/d1');
  expect(isAnswered).toBe(false);
  rest.clock.advance(2 * wait);
  expect((await answer).status).toBe(200);
});

test('over the quota, what is charged is answered 403 until the next day', async () => {
  await using rest = await open(S1);
  spend(rest.hub, 400_000);
  const { status, headers, body } = await rest.ask('GET', '/twins/d1');
  expect([status, headers['iothub-errorcode']]).toEqual([403, 'IotHubQuotaExceeded']);
  expect(body).toMatchObject({
    Message: expect.stringContaining("Max allowed message count: '400000', current message count: '400000'"),
  });
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(200);
  rest.clock.advance(24 * 3_600_000);
  expect((await rest.ask('GET', '/twins/d1')).status).toBe(200);
});

test.each([
  ['GET', '/twins/d1'],
  ['POST', '/twins/d1/methods'],
  ['POST', '/devices/query'],
  ['GET', '/configurations'],
  ['GET', '/jobs/v2/j1'],
  ['GET', '/messages/serviceBound/feedback'],
])('a basic hub does not have %s %s', async (method, path) => {
  await using rest = await open(B1);
  const { status, headers } = await rest.ask(method, path, method === 'POST' ? { body: {} } : {});
  expect([status, headers['iothub-errorcode']]).toEqual([403, 'OperationNotAvailableInCurrentTier']);
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(200);
});

test('requests are counted by what they cost', async () => {
  await using rest = await open(S1);
  await rest.ask('PATCH', '/twins/d1', { body: { tags: { a: 'x'.repeat(4000), b: 'y'.repeat(1000) } } });
  await rest.ask('GET', '/twins/d1');
  await rest.ask('GET', '/devices/d1');
  await rest.ask('GET', '/twins/d2');
  const used = (name: 'twinUpdates' | 'twinReads' | 'registry') => {
    const { operations, messages } = rest.hub.usage.of(name);
    return [operations, messages.large];
  };
  expect([used('twinUpdates'), used('twinReads'), used('registry')]).toEqual([
    [1, 2],
    [1, 2],
    [1, 0],
  ]);
});

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
