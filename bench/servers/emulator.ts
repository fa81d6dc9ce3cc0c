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
}
const { https = 0, mqtt = 0, admin = 0, amqp = 0, ...rest } = settings<Settings>();
const emulator = await startEmulator({ ports: { https, mqtt, admin, amqp }, ...rest, host: '127.0.0.1' });
const { hub } = emulator;
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

serve({
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
