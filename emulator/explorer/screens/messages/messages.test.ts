import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { MessageEntry } from '../../api/types.ts';
import { entryOf, messageList, numberPaths, pointsOf, toNdjson } from './data.ts';

const message = (sequence: number, device: string, body: string): MessageEntry => ({
  sequence,
  at: new Date(sequence * 1000).toISOString(),
  device,
  body,
  system: {},
  application: {},
});

test('a telemetry event is a message with its properties', () => {
  const event = {
    type: 'telemetry',
    sequence: 7,
    time: '2026-01-01T12:00:00Z',
    key: 'd1',
    message: { body: { base64: '/wA=' }, system: { contentType: 'x' }, properties: { level: 'warm' } },
    partition: 2,
  };
  expect(entryOf(event)).toEqual({
    sequence: 7,
    at: '2026-01-01T12:00:00Z',
    device: 'd1',
    body: { base64: '/wA=' },
    system: { contentType: 'x' },
    application: { level: 'warm' },
    partition: 2,
  });
  expect(entryOf(event)).toBe(entryOf(event));
});

test('messages are searched by device and text', () => {
  const all = signal([message(1, 'd1', '{"t":1}'), message(2, 'd2', '{"t":2}'), message(3, 'd1', '{"h":3}')]);
  const shown = (search: string, device?: string) =>
    messageList(all, signal(search), device).shown.value.map(({ sequence }) => sequence);
  expect([shown('device:d1'), shown('"t":2'), shown('', 'd2'), shown('-d1')]).toEqual([[3, 1], [2], [2], [2]]);
});

test('numbers in bodies can be drawn, a line per device', () => {
  const newestFirst = [
    message(3, 'd2', '{"a":{"t":30}}'),
    message(2, 'd1', '{"a":{"t":20},"s":"x"}'),
    message(1, 'd1', 'text'),
  ];
  expect(numberPaths(newestFirst)).toEqual(['a.t']);
  expect(pointsOf(newestFirst, 'a.t')).toEqual({
    times: [2, 3],
    lines: [
      { name: 'd1', values: [20, null] },
      { name: 'd2', values: [null, 30] },
    ],
  });
});

test('messages are exported as one JSON object a line', () => {
  const lines = toNdjson([message(1, 'd1', 'a\nb'), message(2, 'd1', 'c')]).split('\n');
  expect([lines.length, JSON.parse(lines[0] ?? '').body]).toEqual([3, 'a\nb']);
});
