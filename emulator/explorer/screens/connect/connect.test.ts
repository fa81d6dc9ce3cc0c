import { expect, test } from 'vitest';
import { attemptsIn } from './attempts.ts';
import { CLIENTS } from './clients.ts';
import { readFigures } from './figures.ts';

// https://prometheus.io/docs/instrumenting/exposition_formats/
test('figures are told in words, bytes in MB, counters by label left out', () => {
  const exposition = [
    '# HELP iothub_devices Devices in the registry.',
    '# TYPE iothub_devices gauge',
    'iothub_devices 1234',
    '# HELP process_resident_memory_bytes Resident memory.',
    'process_resident_memory_bytes 104857600',
    'iothub_events_total{type="telemetry"} 7',
  ].join('\n');
  expect(readFigures(exposition)).toEqual([
    { help: 'Devices in the registry', text: '1,234' },
    { help: 'Resident memory', text: '100 MB' },
  ]);
});

test('every SDK and tool has a line for trust and something to do first', () => {
  for (const { id, trust, program } of CLIENTS) expect([id, trust !== '', program !== '']).toEqual([id, true, true]);
  expect(new Set(CLIENTS.map(({ id }) => id)).size).toBe(CLIENTS.length);
});

test('attempts to connect are told newest first, with those of clients that have not said who they are', () => {
  const events = [
    { type: 'session.opened', sequence: 1, time: 't1', key: 'd1', protocol: 'mqtt' },
    {
      type: 'refused',
      sequence: 2,
      time: 't2',
      what: 'handshake',
      subject: '1.2.3.4',
      cause: 'unknown CA',
      remedy: 'trust',
    },
    { type: 'refused', sequence: 3, time: 't3', what: 'report', key: 'd1', cause: 'too large' },
    { type: 'refused', sequence: 4, time: 't4', what: 'connection', key: 'd2', cause: 'wrong key', remedy: 'copy it' },
  ];
  expect(attemptsIn(events, undefined, 5).map(({ sequence }) => sequence)).toEqual([4, 2, 1]);
  expect(attemptsIn(events, 'd1', 5)).toEqual([
    { sequence: 2, at: 't2', who: '1.2.3.4', isRefused: true, text: 'unknown CA', remedy: 'trust' },
    { sequence: 1, at: 't1', who: 'd1', isRefused: false, text: 'connected by MQTT' },
  ]);
  expect(attemptsIn(events, undefined, 1)).toHaveLength(1);
});
