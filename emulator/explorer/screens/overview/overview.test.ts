import { expect, test } from 'vitest';
import type { DeviceRow } from '../../api/types.ts';
import { deservingALook, happenings, rate, smooth, stateText } from './data.ts';

const row = (id: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  status: 'enabled',
  connected: false,
  authentication: 'sas',
  edge: false,
  drift: { different: 0, missing: 0 },
  ...more,
});

test('devices that need a look come first: refused, then drifting, then connected', () => {
  const rows = [
    row('disabled', { status: 'disabled' }),
    row('offline'),
    row('connected', { connected: true }),
    row('drifting', { drift: { different: 1, missing: 0 } }),
    row('silent', { drift: { different: 0, missing: 9 } }),
    row('refused', { refused: { at: '2026-01-01T00:00:00Z', why: 'token expired' } }),
  ];
  expect(deservingALook(rows, 4).map(({ id }) => id)).toEqual(['refused', 'drifting', 'connected', 'offline']);
});

test('a state is told in words', () => {
  expect(
    [
      row('a', { connected: true, protocol: 'mqtt-ws' }),
      row('b', { refused: { at: '', why: 'token expired' } }),
      row('c', { status: 'disabled', statusReason: 'in repair' }),
      row('d'),
    ].map(stateText),
  ).toEqual(['MQTT over WebSocket', 'offline · token expired', 'disabled · in repair', 'offline']);
});

test('what happens again and again is counted, newest first', () => {
  const event = (sequence: number, patch: object) => ({
    type: 'twin.reported',
    sequence,
    time: '2026-01-01T12:00:00Z',
    key: 'd1',
    patch,
  });
  const found = happenings([event(1, { a: 1 }), event(2, { a: 1 }), event(3, { a: 2 })], 10);
  expect(found.map(({ sequence, times }) => [sequence, times])).toEqual([
    [3, 1],
    [2, 2],
  ]);
});

test('a rate is that of the last ten seconds', () => {
  expect(rate([100, 100, ...Array.from({ length: 10 }, () => 4)])).toBe(4);
  expect(rate([])).toBe(0);
});

test('a curve keeps its height and loses its teeth', () => {
  expect(smooth([0, 5, 0, 5, 0])[2]).toBe(2);
  expect(smooth([3, 3, 3])).toEqual([3, 3, 3]);
});
