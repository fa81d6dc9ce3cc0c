import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createClient } from '../../api/client.ts';
import type { TwinDocument } from '../../api/documents.ts';
import { createService } from '../../api/service.ts';
import type { Arrivals } from '../../api/stream.ts';
import type { HubEvent } from '../../api/types.ts';
import { keyOf } from '../../text/paths.ts';
import { look, openDevice } from './data.ts';
import { regenerated, swapped } from './keys.ts';
import { updatedAt } from './metadata.ts';
import { callsOf, explain } from './methods-data.ts';
import { checkEdit } from './twin-check.ts';
import { noteOf, placeOf, withPart } from './versions-data.ts';

const twin = (reported: object, desired: object = {}): TwinDocument => ({
  deviceId: 'd1',
  etag: 'AAAAAAAAAAE=',
  status: 'enabled',
  connectionState: 'Connected',
  lastActivityTime: '2026-01-01T12:00:00Z',
  authenticationType: 'sas',
  version: 2,
  properties: { desired: { $version: 1, ...desired }, reported: { $version: 1, ...reported } },
});

test('what changes while a twin is open stays marked until somebody has looked', async () => {
  let document = twin({ firmware: { status: 'downloading' } }, { target: 21 });
  let tell = (_: Arrivals): void => {};
  const client = createClient('', async (url) => Response.json(url.startsWith('/twins') ? document : []));
  const stream = {
    listen: (listener: (arrivals: Arrivals) => void) => {
      tell = listener;
      return () => {};
    },
    whenMissed: () => () => {},
    state: signal('live' as const),
    missed: signal(0),
    close: () => {},
  };
  const device = openDevice(
    { client, service: createService(client), stream, now: signal(1000), offers: () => true },
    'd1',
  );
  await expect.poll(() => device.twin.value.value).toBeDefined();
  expect(device.fresh.reported.value.size).toBe(0);

  document = twin({ firmware: { status: 'applying' } }, { target: 21 });
  tell({ events: [{ type: 'twin.reported', key: 'd1', sequence: 1, time: '' }], traffic: [], leftOut: [] });
  await expect.poll(() => device.fresh.reported.value.size).toBe(1);
  expect([...device.fresh.reported.value.values()]).toEqual([
    { path: ['firmware', 'status'], before: 'downloading', after: 'applying', at: 1000 },
  ]);
  expect(device.drift.value.get(keyOf(['target']))).toEqual({ path: ['target'], kind: 'missing' });

  look(device.fresh.reported, ['firmware', 'status']);
  expect(device.fresh.reported.value.size).toBe(0);
  device.close();
});

const edit = { target: 'desired', mode: 'patch', current: { a: 1 }, version: 7, isListening: true } as const;

test('a patch that the hub takes is previewed', () => {
  expect(checkEdit({ ...edit, text: '{"telemetry": {"intervalMs": 2000}}' })).toEqual({
    patch: { telemetry: { intervalMs: 2000 } },
    preview: 'Preview: desired $version 8 · the device hears it at once',
  });
});

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#tags-and-properties-format
test.each([
  ['{"a": }', /not valid JSON/, 6],
  ['[1]', /Write a JSON object/, undefined],
  ['{"ok": 1, "a.b": 2}', /a\.b.*Must not contain/s, 10],
  ['{"a": [null]}', /null/, undefined],
  ['{"a": 9007199254740991}', /out of bound/, 1],
])('%s is refused while it is typed', (text, problem, position) => {
  const checked = checkEdit({ ...edit, text });
  expect(checked).toMatchObject({ problem: expect.stringMatching(problem) });
  expect('position' in checked ? checked.position : undefined).toBe(position);
});

test('a section that would be too large is refused', () => {
  const texts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, 'x'.repeat(4000)]));
  expect(checkEdit({ ...edit, text: JSON.stringify(texts) })).toMatchObject({ problem: /32,768/ });
  expect(
    checkEdit({
      ...edit,
      target: 'tags',
      text: JSON.stringify({ k: ['x'.repeat(4000), 'x'.repeat(4000), 'x'.repeat(4000)] }),
    }),
  ).toMatchObject({ problem: /8,192/ });
});

test('calls are told with what became of them', () => {
  const event = (type: string, requestId: string, time: string, more: object): HubEvent => ({
    type,
    key: 'd1',
    sequence: 1,
    time,
    requestId,
    ...more,
  });
  const events = [
    event('method.called', '1', '2026-01-01T12:00:00.000Z', { methodName: 'reboot', payload: { in: 5 } }),
    event('method.called', '2', '2026-01-01T12:00:01.000Z', { methodName: 'blink', payload: null }),
    event('method.answered', '1', '2026-01-01T12:00:00.041Z', { status: 200, payload: 'ok' }),
    event('method.failed', '2', '2026-01-01T12:00:31.000Z', { code: 'GatewayTimeout' }),
    { ...event('method.called', '3', '2026-01-01T12:00:00.000Z', { methodName: 'other' }), key: 'd2' },
  ];
  expect(callsOf(events, 'd1')).toEqual([
    {
      requestId: '2',
      methodName: 'blink',
      payload: null,
      at: '2026-01-01T12:00:01.000Z',
      outcome: 'failed',
      code: 'GatewayTimeout',
      ms: 30_000,
    },
    {
      requestId: '1',
      methodName: 'reboot',
      payload: { in: 5 },
      at: '2026-01-01T12:00:00.000Z',
      outcome: 'answered',
      status: 200,
      answer: 'ok',
      ms: 41,
    },
  ]);
});

test('a call that failed is explained', () => {
  expect(explain('DeviceNotOnline', false)).toMatch(/not connected.*connection timeout/);
  expect(explain('SomethingElse', true)).toBe('SomethingElse');
});

test('the time of a value is that of its metadata', () => {
  const section = { a: { b: 1 }, $metadata: { a: { b: { $lastUpdated: '2026-01-01T00:00:00Z' } } } };
  expect([updatedAt(section, ['a', 'b']), updatedAt(section, ['a', 'c'])]).toEqual(['2026-01-01T00:00:00Z', undefined]);
});

test('keys are regenerated one at a time, and swapped', () => {
  const identity = {
    deviceId: 'd1',
    etag: '',
    authentication: {
      type: 'sas',
      symmetricKey: { primaryKey: 'one', secondaryKey: 'two' },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    },
  };
  expect(swapped(identity).authentication.symmetricKey).toEqual({ primaryKey: 'two', secondaryKey: 'one' });
  const { primaryKey, secondaryKey } = regenerated(identity, 'primaryKey').authentication.symmetricKey;
  expect([atob(primaryKey ?? '').length, secondaryKey]).toEqual([32, 'two']);
});

test('a change of a version is told by the part of the twin that it is in', () => {
  expect(
    ['properties.desired.a.b', 'properties.reported', 'tags.hall', 'identity.status', 'tagsOfOthers'].map(placeOf),
  ).toEqual([
    { part: 'desired', path: 'a.b' },
    { part: 'reported', path: '' },
    { part: 'tags', path: 'hall' },
    { part: 'identity', path: 'status' },
    { part: 'twin', path: 'tagsOfOthers' },
  ]);
  const versions = [
    {
      version: 2,
      event: 7,
      at: '2026-01-01T00:00:00.000Z',
      by: 'device d1',
      changes: [{ path: 'properties.reported.n' }],
    },
    { version: 1, event: 6, at: '2026-01-01T00:00:00.000Z', by: 'start', changes: [] },
  ];
  expect(withPart(versions, 'reported').map(({ version }) => version)).toEqual([2]);
  expect(withPart(versions, 'tags')).toEqual([]);
  expect(withPart(versions, undefined)).toEqual(versions);
});

test('only the oldest version is what the history begins with; a later one without changes was written again', () => {
  const version = (number: number, changes: { path: string; after: number }[] = []) => ({
    ...{ version: number, event: number, at: '2026-01-01T00:00:00.000Z', by: 'policy service' },
    changes,
  });
  const list = [version(3), version(2, [{ path: 'tags.floor', after: 4 }]), version(1)];
  expect(list.map((each) => noteOf(each, list))).toEqual([
    'written again as it was',
    undefined,
    'what its history begins with',
  ]);
});
