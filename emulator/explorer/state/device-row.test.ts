import { expect, test } from 'vitest';
import { rowOf } from './device-row.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#device-twins
test('a row is what lists show of a twin', () => {
  expect(
    rowOf({
      deviceId: 'd1',
      etag: 'AAAAAAAAAAc=',
      status: 'enabled',
      connectionState: 'Connected',
      lastActivityTime: '2026-01-01T12:00:00Z',
      authenticationType: 'sas',
      version: 4,
      tags: { floor: 3 },
      capabilities: { iotEdge: true },
      properties: {
        desired: { rate: 5, $version: 2 },
        reported: { rate: 4, $version: 3, $metadata: { $lastUpdated: '2026-01-01T11:00:00Z' } },
      },
    }),
  ).toEqual({
    id: 'd1',
    status: 'enabled',
    connected: true,
    authentication: 'sas',
    edge: true,
    lastActivity: '2026-01-01T12:00:00Z',
    lastReport: '2026-01-01T11:00:00Z',
    drift: { different: 1, missing: 0 },
    tags: { floor: 3 },
  });
});
