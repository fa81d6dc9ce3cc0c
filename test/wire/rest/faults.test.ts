import { afterEach, expect, test, vi } from 'vitest';
import type { FaultEffect, FaultMatch } from '../../../protocol/fault.ts';
import { type Rest, startRest } from '../../support/wire/rest-client.ts';

afterEach(() => void vi.useRealTimers());

const open = async () => {
  const rest = await startRest();
  rest.hub.registry.create({ deviceId: 'd1' }, {});
  return rest;
};
const fail = ({ hub }: Rest, effect: FaultEffect, match: FaultMatch = {}) =>
  hub.faults.add({ match: { operation: 'rest', times: 1, ...match }, effect });
const tag = (n: number) => ({ body: { tags: { n } } });

test('an error is answered like one of the hub, and nothing is done', async () => {
  await using rest = await open();
  fail(rest, { type: 'error', code: 'ServiceUnavailable', message: 'Gone for lunch' }, { path: '/twins/*' });
  expect((await rest.ask('GET', '/devices/d1')).status).toBe(200);
  const { status, headers, body } = await rest.ask('PATCH', '/twins/d1', tag(1));
  expect([status, headers['iothub-errorcode'], headers['x-iothub-emulator-hint']]).toEqual([
    503,
    'ServiceUnavailable',
    'injected fault',
  ]);
  expect(body).toMatchObject({ Message: 'ErrorCode:ServiceUnavailable;Gone for lunch' });
  expect(rest.hub.twins.get('d1').twin.tags).toBeUndefined();
  expect(rest.events.filter(({ type }) => type === 'fault.injected')).toMatchObject([{ key: 'd1', operation: 'rest' }]);
});

test('an error may have a status that is not the hub’s own, as that of a gateway before it', async () => {
  await using rest = await open();
  fail(rest, { type: 'error', code: 'GenericServiceUnavailable', status: 502 });
  const { status, headers } = await rest.ask('GET', '/twins/d1');
  expect([status, headers['iothub-errorcode']]).toEqual([502, 'GenericServiceUnavailable']);
});

test('a throttled request is answered 429', async () => {
  await using rest = await open();
  fail(rest, { type: 'throttle' });
  const { status, headers } = await rest.ask('GET', '/twins/d1');
  // observed 2026-08 on a live hub
  expect([status, headers.connection, headers['retry-after']]).toEqual([429, 'close', undefined]);
  expect((await rest.ask('GET', '/twins/d1')).status).toBe(200);
});

test('a fault may be for one method of one device', async () => {
  await using rest = await open();
  fail(rest, { type: 'throttle' }, { methodName: 'reboot', device: 'd1' });
  const call = (methodName: string) => rest.ask('POST', '/twins/d1/methods', { body: { methodName } });
  expect([(await call('blink')).status, (await call('reboot')).status]).toEqual([404, 429]);
});

test('a connection ends before the answer, and the operation is done', async () => {
  await using rest = await open();
  fail(rest, { type: 'disconnect', when: 'before' });
  await expect(rest.ask('PATCH', '/twins/d1', tag(1))).rejects.toThrow('socket hang up');
  expect(rest.hub.twins.get('d1').twin.tags).toEqual({ n: 1 });
});

test('a connection ends after the answer', async () => {
  await using rest = await open();
  fail(rest, { type: 'disconnect', when: 'after' });
  const { status, headers } = await rest.ask('PATCH', '/twins/d1', tag(1));
  expect([status, headers.connection]).toEqual([200, 'close']);
});

test('an answer is lost, or the request with it', async () => {
  await using rest = await open();
  for (const [effect, tags] of [
    [{ type: 'blackHole' }, undefined],
    [{ type: 'drop' }, { n: 1 }],
  ] as const) {
    fail(rest, effect);
    const sent = rest.ask('PATCH', '/twins/d1', tag(1)).catch((error: Error) => error.message);
    await until(rest, () => rest.hub.faults.list().some(({ struck }) => struck > 0));
    expect(await Promise.race([sent, rest.ask('GET', '/twins/d1').then(({ status }) => status)])).toBe(200);
    expect(rest.hub.twins.get('d1').twin.tags).toEqual(tags);
    rest.hub.faults.clear();
  }
});

test('a request is answered late', async () => {
  await using rest = await open();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fail(rest, { type: 'delay', ms: 30 }, { path: '/twins/*' });
  const order: string[] = [];
  const late = rest.ask('GET', '/twins/d1').then(() => order.push('late'));
  await until(rest, () => rest.hub.faults.list().some(({ struck }) => struck > 0));
  await rest.ask('GET', '/devices/d1').then(() => order.push('at once'));
  vi.advanceTimersByTime(30);
  await late;
  expect(order).toEqual(['at once', 'late']);
});

test('an answer is overtaken by the next one', async () => {
  await using rest = await open();
  fail(rest, { type: 'reorder' }, { path: '/twins/*' });
  const order: string[] = [];
  const first = rest.ask('GET', '/twins/d1').then(() => order.push('first'));
  await until(rest, () => rest.hub.faults.list().some(({ struck }) => struck > 0));
  await Promise.all([first, rest.ask('GET', '/devices/d1').then(() => order.push('second'))]);
  expect(order).toEqual(['second', 'first']);
});

test('a request arrives twice and is answered once', async () => {
  await using rest = await open();
  fail(rest, { type: 'duplicate' });
  const { body } = await rest.ask('PATCH', '/twins/d1', tag(1));
  expect(body).toMatchObject({ version: 3 });
  expect(rest.hub.twins.get('d1').twin.version).toBe(4);
});

/** Listens rather than polls: a fault that strikes is an event. */
const until = ({ hub }: Rest, seen: () => boolean): Promise<void> =>
  new Promise((done) => {
    if (seen()) return done();
    const stop = hub.events.listen(() => {
      if (!seen()) return;
      stop();
      done();
    });
  });
