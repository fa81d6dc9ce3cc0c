import { createHmac } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import alasql from 'alasql';
import { importFleet } from '../../emulator/hub/fleet-document.ts';
import { Hub } from '../../emulator/hub/hub.ts';
import { renderTwin } from '../../emulator/hub/member.ts';
import { drain } from '../../emulator/hub/query/queries.ts';
import { alasqlRelations } from '../../emulator/relations.ts';
import { pump } from '../../emulator/servers/http/pump.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { median } from '../pairs.ts';
import { sqliteTimes } from './sqlite.ts';

// node query.mjs COUNT ROUNDS: queries over COUNT twins of about 2 KB, timed in this process, told as a line of JSON

const [count = 10_000, rounds = 5] = process.argv.slice(2).map(Number);
const CUSTOMERS = 100;

const twinOf = (i: number): JsonObject => ({
  deviceId: `device-${i}`,
  etag: 'AAAAAAAAAAE=',
  version: 2,
  tags: {
    customer: `cust-${i % CUSTOMERS}`,
    location: { region: i % 3 === 0 ? 'US' : 'EU', plant: `plant-${i % 40}` },
  },
  properties: {
    desired: { ...settings(i), $version: 1 },
    reported: {
      telemetry: { sendFrequencyInSecs: 30 + (i % 60) },
      battery: i % 101,
      status: ['ok', 'warn', 'fault'][i % 3] ?? 'ok',
      ...(i % 7 === 0 ? { fault: { code: i % 13 } } : {}),
      firmware: { version: `1.${i % 10}.0`, build: `build-of-the-${i % 50}th-day` },
      $version: 1,
    },
  },
});
const settings = (i: number): JsonObject => ({
  telemetry: {
    sendFrequencyInSecs: 30 + (i % 60),
    format: 'json',
    compress: i % 2 === 0,
    batch: { size: 10, wait: 5 },
  },
  network: { type: i % 2 === 0 ? 'wifi' : 'cellular', ssid: `net-${i % 20}`, retries: 3 },
});

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const timed = (times: number, act: () => unknown): number =>
  median(
    Array.from({ length: times }, () => {
      const start = performance.now();
      act();
      return performance.now() - start;
    }),
  );

const hub = new Hub({
  seed: 1,
  derive: (text) => createHmac('sha256', '1').update(text).digest('base64'),
  relations: alasqlRelations(),
});
const empty = heap();
let documentBytes = 0;
for (let from = 0; from < count; from += 10_000) {
  const devices: Json = Array.from({ length: Math.min(10_000, count - from) }, (_, i) =>
    // through text, as it comes over the wire
    JSON.parse(JSON.stringify(twinOf(from + i))),
  );
  importFleet(hub, { devices }, { replace: false });
}
for (const member of hub.fleet.devices.rows()) {
  documentBytes = JSON.stringify(renderTwin(member)).length;
  break;
}
const bytesPerTwin = (heap() - empty) / count;

const BY_CUSTOMER = "SELECT * FROM devices WHERE tags.customer = 'cust-17'";
const COMPOUND =
  // `OR false` keeps indexes out of it
  "SELECT * FROM devices WHERE is_defined(properties.reported.fault) AND tags.location.region = 'US' AND properties.reported.telemetry.sendFrequencyInSecs >= 60 OR false";
const GROUPED = 'SELECT tags.customer AS c, COUNT() AS n FROM devices GROUP BY tags.customer';
const ask = (text: string) => hub.queries.runNow(hub.queries.parse(text), { maxItemCount: 100 });

// as somebody who asked the hub for them would have them
const documents = [...hub.fleet.devices.rows()].map((member) => JSON.parse(JSON.stringify(renderTwin(member))));
const { compile }: { compile: (sql: string) => (parameters: readonly unknown[]) => unknown } = Object(alasql); // its types lack it
const native = compile(
  "SELECT * FROM ? WHERE properties->reported->fault IS NOT NULL AND tags->location->region = 'US' AND properties->reported->telemetry->sendFrequencyInSecs >= 60",
);
const scanAll = (): number => drain(hub.queries.count(hub.queries.parse(COMPOUND)));
// a small fleet is scanned more often, until V8 has made up its mind on both sides
for (let i = 0; i < Math.max(3, 1_000_000 / count); i++) {
  scanAll();
  native([documents]);
}
const scans: { ours: number; theirs: number }[] = [];
// several in a row: right after the other's documents the processor's cache is cold
const ROW = 9;
for (let i = 0; i < rounds; i++)
  scans.push({ ours: timed(ROW, scanAll), theirs: timed(ROW, () => native([documents])) });
const scan = median(scans.map(({ ours }) => ours));
const alasqlScan = median(scans.map(({ theirs }) => theirs));
const scanRatio = median(scans.map(({ ours, theirs }) => ours / theirs));
documents.length = 0;

const WRITES = 20_000;
const write = (i: number): void =>
  void hub.twins.report(`device-${(i * 7919) % count}`, { status: i % 2 === 0 ? 'ok' : 'warn', n: i });
const microseconds = (): number =>
  (timed(3, () => {
    for (let i = 0; i < WRITES; i++) write(i);
  }) *
    1000) /
  WRITES;
const bare = microseconds();

const PATHS = [
  ['tags', 'customer'],
  ['tags', 'location', 'region'],
  ['properties', 'reported', 'status'],
];
const beforeIndexes = heap();
for (const path of PATHS) drain(hub.queries.index('devices', path));
const indexBytesPerTwin = (heap() - beforeIndexes) / count / PATHS.length;
ask(BY_CUSTOMER);
const page = timed(200, () => ask(BY_CUSTOMER.replace('*', 'deviceId')));
const wholePage = timed(200, () => ask(BY_CUSTOMER));
const { examined } = drain(hub.queries.explain(hub.queries.parse(BY_CUSTOMER), { maxItemCount: 100 }));
const grouped = timed(50, () => ask(GROUPED));

const upkeep = (microseconds() - bare) / PATHS.length;

/** A scan of everything while a thousand writes a second go on; was its answer that of one moment? */
const stalls = async (): Promise<{ p999: number; longest: number; sameMoment: boolean }> => {
  const marked = (): number =>
    Number(
      (ask('SELECT COUNT() AS n FROM devices WHERE is_defined(properties.reported.n)').items[0] as { n: number }).n,
    );
  const before = marked();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let written = 0;
  const timer = setInterval(() => {
    hub.twins.report(`device-${(written * 31) % count}`, { n: null });
    hub.twins.report(`device-${(written * 17) % count}`, { extra: written });
    written += 2;
  }, 2);
  delay.enable();
  const query = hub.queries.parse(
    'SELECT COUNT() AS n FROM devices WHERE is_defined(properties.reported.n) AND properties.reported.battery >= 0 OR false',
  );
  const { items } = await pump(hub.queries.run(query), () => false);
  delay.disable();
  clearInterval(timer);
  const [{ n = -1 } = {}] = items as readonly { n?: number }[]; // one row of counts
  return { p999: delay.percentile(99.9) / 1e6, longest: delay.max / 1e6, sameMoment: n === before };
};
globalThis.gc?.();
const { p999, longest, sameMoment } = await stalls();
const rss = process.memoryUsage().rss;

const sqlite =
  count <= 100_000
    ? sqliteTimes(
        Array.from({ length: count }, (_, i) => twinOf(i)),
        rounds,
      )
    : undefined;
console.log(
  JSON.stringify({
    documentBytes,
    bytesPerTwin,
    indexBytesPerTwin,
    scan,
    alasqlScan,
    scanRatio,
    page,
    wholePage,
    examined,
    grouped,
    bare,
    upkeep,
    p999,
    longest,
    sameMoment: sameMoment ? 1 : 0,
    rss,
    ...sqlite,
  }),
);
