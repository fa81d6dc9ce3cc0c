import { expect, test } from 'vitest';
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
