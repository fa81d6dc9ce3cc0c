import { expect, test } from 'vitest';
import { Twin } from '../../clients/device/index.ts';
import { mergeInto } from '../../clients/device/twin-properties.ts';
import { NoRetry } from '../../clients/shared/retry.ts';
import { FakeTransport } from './fake-transport.ts';

// Events as azure-iot-device 1.18.4 emitted them for the same documents.

const twinOf = (desired: object, reported: object = {}) => {
  const transport = new FakeTransport();
  transport.twin = JSON.parse(JSON.stringify({ desired, reported }));
  const twin = new Twin(transport, new NoRetry());
  const seen: unknown[] = [];
  const emit = twin.emit.bind(twin);
  twin.emit = (event: string, ...values: unknown[]) => {
    if (event !== 'newListener') seen.push([event, JSON.parse(JSON.stringify(values[0]))]);
    return emit(event, ...values);
  };
  return { transport, twin, seen };
};

test('a fetched twin is emitted as a whole and path by path', async () => {
  const { twin, seen } = twinOf({ a: { b: 1 }, f: 0, $version: 1 });
  expect(await twin.get()).toBe(twin);
  expect(seen).toEqual([
    ['properties.desired', { a: { b: 1 }, f: 0, $version: 1 }],
    ['properties.desired.a', { b: 1 }],
    ['properties.desired.a.b', 1],
    ['properties.desired.f', 0],
    ['properties.desired.$version', 1],
  ]);
});

test('a change is merged, then emitted unchanged, with one event per path', async () => {
  const { transport, twin, seen } = twinOf({ a: { b: 1 }, f: 0, $version: 1 });
  await twin.get();
  seen.length = 0;
  transport.emit('desired', { a: { b: null, c: [1, { d: 2 }] }, $version: 2 });
  expect(seen).toEqual([
    ['properties.desired', { a: { b: null, c: [1, { d: 2 }] }, $version: 2 }],
    ['properties.desired.a', { b: null, c: [1, { d: 2 }] }],
    ['properties.desired.a.b', null],
    ['properties.desired.a.c', [1, { d: 2 }]],
    ['properties.desired.a.c.0', 1],
    ['properties.desired.a.c.1', { d: 2 }],
    ['properties.desired.a.c.1.d', 2],
    ['properties.desired.$version', 2],
  ]);
  expect(twin.properties.desired).toEqual({ a: { c: [1, { d: 2 }] }, f: 0, $version: 2 });
});

test('a listener is called with the current value at once, and subscribes to changes', async () => {
  const { transport, twin } = twinOf({ a: { b: 7 }, $version: 1 });
  await twin.get();
  const value = await new Promise((resolve) => twin.on('properties.desired.a.b', resolve));
  expect(value).toBe(7);
  expect(transport.calls).toEqual(['getTwin', 'enable desired']);
});

test('the local reported properties change when the hub has accepted them', async () => {
  const { transport, twin } = twinOf({}, { old: 1, $version: 1 });
  await twin.get();
  await twin.properties.reported.update({ old: null, fw: { v: 2 } });
  const error = await new Promise((resolve) => twin.properties.reported.update({ mode: 'eco' }, resolve));
  expect(error).toBeNull();
  transport.failures.push(new Error('refused'));
  await expect(twin.properties.reported.update({ bad: 1 })).rejects.toThrow('refused');
  expect(twin.properties.reported).toEqual({ fw: { v: 2 }, mode: 'eco', $version: 1 });
  expect(transport.calls.slice(1)).toEqual([
    'reported {"old":null,"fw":{"v":2}}',
    'reported {"mode":"eco"}',
    'reported {"bad":1}',
  ]);
});

test('a refreshed twin emits desired properties only if they have changed', async () => {
  const { transport, twin, seen } = twinOf({ a: 1, $version: 1 });
  await twin.get();
  seen.length = 0;
  await twin.refresh();
  expect(seen).toEqual([]);
  transport.twin = { desired: { a: 2, $version: 2 }, reported: {} };
  await twin.refresh();
  expect(seen.map((event) => Array.isArray(event) && event[0])).toEqual([
    'properties.desired',
    'properties.desired.a',
    'properties.desired.$version',
  ]);
});

test('a patch cannot reach the prototype', () => {
  const target = {};
  mergeInto(target, JSON.parse('{"__proto__":{"polluted":1}}'));
  expect(({} as { polluted?: number }).polluted).toBeUndefined(); // every object would have it
  expect(Object.keys(target)).toEqual(['__proto__']);
});
