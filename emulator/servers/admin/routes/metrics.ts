import type { Published } from '../../../hub/events.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Figures in the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const metrics = (hub: Hub): readonly AdminRoute[] => {
  const counted = new Map<string, number>();
  hub.events.listen(({ type }: Published) => {
    counted.set(type, (counted.get(type) ?? 0) + 1);
  });
  return [
    adminRoute(
      'GET /metrics',
      () => new Reply({ status: 200, body: { type: TYPE, content: exposition(hub, counted) } }),
    ),
  ];
};

const exposition = (hub: Hub, counted: ReadonlyMap<string, number>): string => {
  const { totalDeviceCount, enabledDeviceCount } = hub.registry.statistics();
  const memory = process.memoryUsage();
  return [
    ...gauge('iothub_devices', 'Devices in the registry.', totalDeviceCount),
    ...gauge('iothub_devices_enabled', 'Enabled devices in the registry.', enabledDeviceCount),
    ...gauge('iothub_modules', 'Modules in the registry.', hub.fleet.modules.size),
    ...gauge('iothub_connected_devices', 'Devices that are connected.', hub.sessions.connectedDevices),
    ...gauge('iothub_waiting_messages', 'Messages that devices have not completed.', [...hub.inbox.all()].length),
    ...gauge('iothub_faults', 'Fault rules.', hub.faults.list().length),
    ...gauge('process_resident_memory_bytes', 'Resident memory.', memory.rss),
    ...gauge('nodejs_heap_used_bytes', 'JavaScript heap in use.', memory.heapUsed),
    '# HELP iothub_events_total Events by type.',
    '# TYPE iothub_events_total counter',
    ...[...counted].map(([type, count]) => `iothub_events_total{type="${type}"} ${count}`),
    '',
  ].join('\n');
};

const gauge = (name: string, help: string, value: number): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} gauge`,
  `${name} ${value}`,
];
