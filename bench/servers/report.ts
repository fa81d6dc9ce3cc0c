import { Duplex } from 'node:stream';
import { Hub } from '../../emulator/hub/hub.ts';
import { Journal } from '../../emulator/hub/journal.ts';
import { systemClock } from '../../emulator/kernel/clock.ts';
import { FreezingClock } from '../../emulator/kernel/freezing-clock.ts';
import { silentLog } from '../../emulator/log.ts';
import { startMqtt } from '../../emulator/servers/mqtt/server.ts';
import { recordEvents } from '../../emulator/servers/traffic/hub-events.ts';
import { Traffic } from '../../emulator/servers/traffic/traffic.ts';
import { cpuMs, serve, settings } from './serve.ts';

// a hub and its MQTT server with devices that are connected by streams in memory: what a report costs without TLS and sockets

const DEVICES = 100;

/** What a hub does besides, which a report does not need. */
const { without } = settings<{ without: readonly ('history' | 'traffic' | 'journal' | 'usage')[] }>();
const has = (part: (typeof without)[number]): boolean => !without.includes(part);

const hub = new Hub({
  clock: new FreezingClock(systemClock), // as an emulator has it
  derive: (text) => Buffer.from(text).toString('base64'),
  ...(has('history') ? {} : { history: 0 }),
});
if (has('journal')) new Journal(hub.events);
const traffic = has('traffic') ? new Traffic(() => hub.clock.now()) : undefined;
if (traffic !== undefined) recordEvents(hub.events, traffic);
if (!has('usage')) hub.usage.count = () => {};
const expiresAt = Number.POSITIVE_INFINITY;
const mqtt = await startMqtt({
  hub,
  log: silentLog,
  traffic,
  auth: { device: ({ key }) => ({ kind: 'device', key, rights: [], expiresAt, method: 'none' }) },
});

let answers = 0;

/** The server's end of a connection. */
class Connection extends Duplex {
  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    answers += 1;
    done();
  }
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
const packet = (first: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Buffer.concat([Buffer.from([first, ...length]), body]);
};
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const turnUntil = async (isDone: () => boolean): Promise<void> => {
  while (!isDone()) await turn();
};

const connections: Connection[] = [];
for (let i = 0; i < DEVICES; i++) {
  hub.registry.create({ deviceId: `d${i}` }, {});
  const connection = new Connection();
  connections.push(connection);
  mqtt.accept(connection);
  const names = [text(`d${i}`), text(`localhost/d${i}/?api-version=2021-04-12`), text('secret')];
  connection.push(packet(0x10, text('MQTT'), Buffer.from([4, 0xc0, 0, 180]), ...names));
}
await turnUntil(() => answers === DEVICES);
for (const connection of connections)
  connection.push(packet(0x82, Buffer.from([0, 1]), text('$iothub/twin/res/#'), Buffer.from([0])));
await turnUntil(() => answers === 2 * DEVICES);

let request = 0;

/** Every device reports once; all are answered. */
const reportAll = async (): Promise<void> => {
  request += 1;
  const topic = text(`$iothub/twin/PATCH/properties/reported/?$rid=${request}`);
  const temperature = 20 + (request % 1000) / 100;
  const body = JSON.stringify({ connectivity: { type: 'cellular', signal: -71 }, temperature });
  const publish = packet(0x30, topic, Buffer.from(body));
  answers = 0;
  for (const connection of connections) connection.push(publish);
  await turnUntil(() => answers === DEVICES);
};

serve({
  /** CPU time of a report, µs. */
  reports: async (count) => {
    const before = cpuMs();
    for (let done = 0; done < Number(count); done += DEVICES) await reportAll();
    return ((cpuMs() - before) * 1000) / Number(count);
  },
});
