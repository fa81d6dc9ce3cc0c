import { startEmulator } from 'iothub-emulator';
import { watchPeaks } from './peaks.ts';
import { cpuMs, serve, settings, settledMemory } from './serve.ts';
import { watchStalls } from './stalls.ts';

interface Settings extends Partial<Record<'https' | 'mqtt' | 'admin' | 'amqp', number>> {
  readonly caDir: string;
  readonly auth?: 'off';
  /** Where the hub is kept; in memory if not given. */
  readonly data?: string;
  readonly durability?: 'sync' | 'fast';
  readonly history?: number;
  /** False: the hub does not count what operations would cost. */
  readonly metering?: false;
}
const { https = 0, mqtt = 0, admin = 0, amqp = 0, metering, ...rest } = settings<Settings>();
const emulator = await startEmulator({
  ports: { https, mqtt, admin, amqp },
  ...rest,
  host: '127.0.0.1',
  consumerGroups: ['*'],
});
const { hub } = emulator;
if (metering === false) hub.usage.count = () => {};
const stalls = watchStalls();
const peaks = watchPeaks();

const BODY = new Uint8Array(200).fill(120);

/** Half of a twin of 1 KB: ten values in five groups. */
const section = (device: number) =>
  Object.fromEntries(
    Array.from({ length: 5 }, (_, i) => [
      `component${i}`,
      { serialNumber: `SN-${device}-${'0123456789'.repeat(2)}-${i}`, firmwareVersion: `4.${i}.${device % 100}-stable` },
    ]),
  );

/** Makes a new event hub with so many events of `d0`, `d1`, …, about 680 bytes each on the wire; returns its name. */
const fillLog = (count: number): string => {
  const name = `log-${++logs}`;
  hub.router.replace({
    endpoints: { eventHubs: [{ name }] },
    routes: [{ name, source: 'DeviceMessages', endpointNames: [name] }],
  });
  for (let i = 0; i < count; i++)
    hub.telemetry.receive(`d${i % 100}`, {
      body: Buffer.from(JSON.stringify({ temperature: 21.5, number: i, pad: '0'.repeat(150) })),
      properties: { level: i % 4 === 0 ? 'high' : 'low' },
      system: { messageId: `m${i}`, contentType: 'application/json', contentEncoding: 'utf-8' },
    });
  return name;
};
let logs = 0;

/** Conditions on properties, on the body, and on what the hub adds. */
const CONDITIONS = ["level = 'high'", "level = 'low'", '$body.temperature > 25', "$connectionDeviceId = 'd1'", 'true'];

serve({
  fill: (count) => fillLog(Number(count)),
  /** Gives the hub so many routes, all to the built-in endpoint; or, with 0, none. */
  routes: (count) => {
    if (count === 0) return hub.router.reset();
    const routes = CONDITIONS.slice(0, Number(count)).map((condition, i) => ({
      ...{ name: `r${i}`, source: 'DeviceMessages' as const, condition, endpointNames: ['events'] },
    }));
    return hub.router.replace({ routes });
  },
  /** Creates devices d0 … d(count − 1) and returns their primary keys. */
  devices: (count) =>
    Array.from({ length: Number(count) }, (_, i) => {
      const { identity } = hub.registry.create({ deviceId: `d${i}` }, {});
      return identity.authentication.primaryKey;
    }),
  twins: (count) => {
    for (let i = 0; i < Number(count); i++) {
      hub.twins.patch(`d${i}`, { properties: { desired: section(i) } });
      hub.twins.report(`d${i}`, section(i));
    }
  },
  /** Gives every other device the tag that a condition tests. */
  halve: (count) => {
    for (let i = 0; i < Number(count); i += 2) hub.twins.patch(`d${i}`, { tags: { half: 'even' } });
  },
  /** Puts messages into the queue of each device. */
  messages: (each) => {
    for (const { key } of hub.fleet.devices.rows())
      for (let i = 0; i < Number(each); i++)
        hub.inbox.enqueue(key, { body: BODY, properties: { level: 'high' }, system: { messageId: `m${i}` } });
  },
  /** How many messages wait for devices. */
  waiting: () => Array.from(hub.fleet.devices.rows()).reduce((sum, row) => sum + row.pendingMessages, 0),
  service: () => emulator.connectionString(),
  stalls: (isNew) => (isNew ? stalls.begin() : stalls.end()),
  peaks: (isNew) => (isNew ? peaks.begin() : peaks.end()),
  sessions: () => Array.from(hub.fleet.devices.rows()).filter(({ key }) => hub.sessions.find(key) !== undefined).length,
  memory: settledMemory,
  cpu: cpuMs,
  heap: () => process.memoryUsage(),
});
