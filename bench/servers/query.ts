import { createHmac } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import alasql from 'alasql';
import { Hub } from '../../emulator/hub/hub.ts';
import { drain } from '../../emulator/hub/query/queries.ts';
import { importFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { renderTwin } from '../../emulator/hub/twins/twin-document.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { median, repeat } from '../pairs.ts';
import { GROUPED_SCAN, RANGES, stepsOf } from './query-ranges.ts';
import { copyOf, relations, stallsOf } from './query-stalls.ts';

// node query.mjs COUNT ROUNDS FILE: times queries over COUNT twins of about 2 KB in this process and prints a line of
// JSON. FILE gets the twins, one per line, so that other programs can run the same queries.

const [count = 10_000, rounds = 5] = process.argv.slice(2, 4).map(Number);
const [, , , , file] = process.argv;
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
      firmware: { version: `1.${i % 10}.0`, build: `build-of-the-${i % 1000}th-day` },
      session: `session-${i}`,
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

/** The heap and the memory outside of it, where sets of slots are. */
const memory = (): number => {
  for (let i = 0; i < 2; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const timed = (times: number, act: () => unknown): number =>
  median(
    repeat(times, () => {
      const start = performance.now();
      act();
      return performance.now() - start;
    }),
  );

const hub = new Hub({
  seed: 1,
  derive: (text) => createHmac('sha256', '1').update(text).digest('base64'),
  relations,
});
// the first query with an aggregate waits for this
const loading = timed(1, () => relations.load());
const empty = memory();
let documentBytes = 0;
for (let from = 0; from < count; from += 10_000) {
  const devices: Json = Array.from({ length: Math.min(10_000, count - from) }, (_, i) =>
    // through JSON text, as over the wire
    JSON.parse(JSON.stringify(twinOf(from + i))),
  );
  importFleet(hub, { devices }, { replace: false });
}
for (const member of hub.fleet.devices.rows()) {
  documentBytes = JSON.stringify(renderTwin(member)).length;
  break;
}
const bytesPerTwin = (memory() - empty) / count;

const BY_CUSTOMER = "SELECT * FROM devices WHERE tags.customer = 'cust-17'";
const COMPOUND =
  // `OR false` prevents the use of indexes
  "SELECT * FROM devices WHERE is_defined(properties.reported.fault) AND tags.location.region = 'US' AND properties.reported.telemetry.sendFrequencyInSecs >= 60 OR false";
const GROUPED = 'SELECT tags.customer AS c, COUNT() AS n FROM devices GROUP BY tags.customer';
/** Queries before the first timed one, until V8 has optimized the code. */
const WARM = 1000;
const ask = (text: string) => hub.queries.runNow(hub.queries.parse(text), { maxItemCount: 100 });

// the twins as a client of the hub gets them
const documents = [...hub.fleet.devices.rows()].map((member) => JSON.parse(JSON.stringify(renderTwin(member))));
const { compile }: { compile: (sql: string) => (parameters: readonly unknown[]) => unknown } = Object(alasql); // not in its types
const native = compile(
  "SELECT * FROM ? WHERE properties->reported->fault IS NOT NULL AND tags->location->region = 'US' AND properties->reported->telemetry->sendFrequencyInSecs >= 60",
);
const scanAll = (): number => drain(hub.queries.count(hub.queries.parse(COMPOUND)));
// a small fleet is scanned more often, until V8 has optimized both sides
for (let i = 0; i < Math.max(3, 1_000_000 / count); i++) {
  scanAll();
  native([documents]);
}
// several in a row, since the other side's documents fill the processor's cache; a million do not fit anyway
const ROW = count < 1_000_000 ? 9 : 3;
const scans = repeat(rounds, () => ({ ours: timed(ROW, scanAll), theirs: timed(ROW, () => native([documents])) }));
const scan = median(scans.map(({ ours }) => ours));
const alasqlScan = median(scans.map(({ theirs }) => theirs));
const scanRatio = median(scans.map(({ ours, theirs }) => ours / theirs));
documents.length = 0;

const WRITES = Math.max(20_000, count / 10);
/** Reports another value for each property in every round. */
const write = (hub: Hub, i: number, round: number): void => {
  const device = (i * 7919) % count;
  hub.twins.report(`device-${device}`, {
    status: ['ok', 'warn', 'fault'][(device + round) % 3] ?? 'ok',
    battery: (device + round) % 101,
    firmware: { build: `build-of-the-${(device + round) % 1000}th-day` },
    session: `session-${device}-${round}`,
  });
};
let round = 0;
const microseconds = (hub: Hub): number => {
  round++;
  const start = performance.now();
  for (let i = 0; i < WRITES; i++) write(hub, i, round);
  return ((performance.now() - start) * 1000) / WRITES;
};

/** Each with the number of its different values; the last one is different in every twin. */
const PATHS = {
  status: ['properties', 'reported', 'status'],
  battery: ['properties', 'reported', 'battery'],
  build: ['properties', 'reported', 'firmware', 'build'],
  session: ['properties', 'reported', 'session'],
} as const;
const indexBytesPerTwin: Record<string, number> = {};
for (const [name, path] of Object.entries(PATHS)) {
  const before = memory();
  drain(hub.queries.index('devices', path));
  indexBytesPerTwin[name] = (memory() - before) / count;
}
/** `upkeep`: what an index costs per path and write. */
const writeTimes = (): { bareWrite: number; upkeep: number } => {
  const bare = copyOf(hub); // without indexes, only for this
  // the same writes to both hubs in turns, so that V8 and the processor affect both
  for (let i = 0; i < 2; i++) for (const one of [hub, bare]) microseconds(one);
  const writes = repeat(Math.max(5, rounds), () => ({
    indexed: microseconds(hub),
    bare: microseconds(bare),
  }));
  return {
    bareWrite: median(writes.map((pair) => pair.bare)),
    upkeep: median(writes.map((pair) => pair.indexed - pair.bare)) / Object.keys(PATHS).length,
  };
};
const { bareWrite, upkeep } = writeTimes();
globalThis.gc?.();

drain(hub.queries.index('devices', ['tags', 'customer']));
const ONE_COLUMN = BY_CUSTOMER.replace('*', 'deviceId');
for (let i = 0; i < WARM; i++) for (const text of [BY_CUSTOMER, ONE_COLUMN]) ask(text);
const page = timed(200, () => ask(ONE_COLUMN));
const wholePage = timed(200, () => ask(BY_CUSTOMER));
const explain = (text: string) => drain(hub.queries.explain(hub.queries.parse(text), { maxItemCount: 100 }));
const { examined } = explain(BY_CUSTOMER);
ask(GROUPED);
const grouped = timed(50, () => ask(GROUPED));
const groupedExamined = explain(GROUPED).examined;

globalThis.gc?.();
const stalls = await stallsOf(hub, (i) => write(hub, i, round + 1 + Math.floor(i / count)));
const rss = process.memoryUsage().rss;

stepsOf(hub, GROUPED_SCAN);
const groupings = repeat(Math.max(3, rounds), () => stepsOf(hub, GROUPED_SCAN));
const groupedScan = median(groupings.map(({ ms }) => ms));
const groupedStep = Math.max(...groupings.map(({ longest }) => longest));

const unordered = memory();
for (const condition of Object.values(RANGES)) ask(`SELECT deviceId FROM devices WHERE ${condition}`);
const orderBytes = (memory() - unordered) / count;
const ranges = Object.entries(RANGES).map(([name, condition]) => {
  const text = `SELECT deviceId FROM devices WHERE ${condition}`;
  for (let i = 0; i < WARM; i++) ask(text);
  return [name, timed(200, () => ask(text))] as const;
});
const orderedUpkeep = writeTimes().upkeep;

if (file !== undefined) leave(file);

console.log(
  JSON.stringify({
    documentBytes,
    bytesPerTwin,
    ...Object.fromEntries(Object.entries(indexBytesPerTwin).map(([name, bytes]) => [`${name}Bytes`, bytes])),
    scan,
    alasqlScan,
    scanRatio,
    page,
    wholePage,
    examined,
    grouped,
    groupedExamined,
    loading,
    bareWrite,
    upkeep,
    groupedScan,
    groupedStep,
    ...Object.fromEntries(ranges),
    orderedUpkeep,
    orderBytes,
    ...stalls,
    rss,
    matches: scanAll(),
  }),
);

function leave(path: string): void {
  const to = openSync(path, 'w');
  let lines = '';
  for (const member of hub.fleet.devices.rows()) {
    lines += `${JSON.stringify(renderTwin(member))}\n`;
    if (lines.length < 2 ** 20) continue;
    writeSync(to, lines);
    lines = '';
  }
  writeSync(to, lines);
  closeSync(to);
}
