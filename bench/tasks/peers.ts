import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fetchAll, needOf } from '../../test/support/packages/prepare.ts';
import { folderOf, type PackageSet, setOf } from '../../test/support/packages/sets.ts';
import type { Bench } from '../bench.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, startServer } from '../program.ts';
import { type Row, round } from '../report.ts';
import { type Asked, askAll, type Loaded, load } from './http-client.ts';
import { serviceToken } from './rest.ts';
import { coldStart } from './start.ts';

/** What a user might take instead: moto emulates AWS IoT, whose shadows resemble twins; Azurite is the emulator of Azure Storage. */
export const peers = async (bench: Bench): Promise<readonly Row[]> => {
  const [moto, azurite] = [await fetched(setOf('pip', 'moto')), await fetched(setOf('npm', 'azurite'))];
  return [
    ...(moto === undefined ? [] : await shadows(bench, join(moto, 'bin/python'))),
    ...(await starts(bench, {
      ...(azurite && { 'Azurite, blobs in memory': azuriteStart(azurite) }),
      ...(moto && { 'moto, as a server': motoStart(join(moto, 'bin/python')) }),
    })),
  ];
};

/** The folder of a set; undefined, with a line that says so, if it cannot be fetched. */
const fetched = async (set: PackageSet): Promise<string | undefined> => {
  const [reason] = await fetchAll([needOf(set)], console.error, []);
  if (reason === undefined) return folderOf(set);
  console.error(`The rows beside ${set.name} are left out: ${reason}`);
  return undefined;
};

/** Each a kind of request, the same for both: of device or thing number `i`. */
const WORKS: readonly { readonly work: string; ours(i: number): Asked; theirs(i: number): Asked }[] = [
  {
    work: 'twin PATCH ↔ update of a shadow',
    ours: (i) => ({
      ...{ method: 'PATCH', path: `/twins/d${i}?${VERSION}`, body: { properties: { desired: SETTINGS } } },
    }),
    theirs: (i) => ({ method: 'POST', path: `/things/d${i}/shadow`, body: { state: { desired: SETTINGS } } }),
  },
  {
    work: 'twin GET ↔ shadow',
    ours: (i) => ({ method: 'GET', path: `/twins/d${i}?${VERSION}` }),
    theirs: (i) => ({ method: 'GET', path: `/things/d${i}/shadow` }),
  },
  {
    work: 'query that finds ten devices by a tag ↔ search by an attribute',
    ours: (i) => ({
      method: 'POST',
      path: `/devices/query?${VERSION}`,
      body: { query: `SELECT * FROM devices WHERE tags.site = '${siteOf(i)}'` },
    }),
    theirs: (i) => ({
      method: 'POST',
      path: '/indices/search',
      body: { queryString: `attributes.site:${siteOf(i)}` },
    }),
  },
];
const VERSION = 'api-version=2021-04-12';
const SETTINGS = { telemetryConfig: { sendFrequency: '5m', level: 3 } };
/** Devices of one site. */
const SITE = 10;

const shadows = async (bench: Bench, python: string): Promise<readonly Row[]> => {
  const devices = bench.stats.peerDevices;
  const [port, motoPort] = [await freePort(), await freePort()];
  const ours = await startServer(bench.server('rest'), { port, devices });
  const moto = spawnMoto(python, motoPort);
  try {
    await moto.ready;
    const [us, them] = [
      { port, headers: { authorization: serviceToken() } },
      { port: motoPort, headers: { authorization: signature('iotdata') } },
    ];
    const things = { port: motoPort, headers: { authorization: signature('iot') } };
    await askAll(us, devices, (i) => ({
      ...{ method: 'PATCH', path: `/twins/d${i}?${VERSION}`, body: { tags: { site: siteOf(i) } } },
    }));
    await askAll(things, devices, (i) => ({
      ...{ method: 'POST', path: `/things/d${i}`, body: { attributePayload: { attributes: { site: siteOf(i) } } } },
    }));
    for (const side of [
      { to: us, of: WORKS[0]?.ours },
      { to: them, of: WORKS[0]?.theirs },
    ])
      if (side.of !== undefined) await askAll(side.to, devices, side.of);
    const rows: Row[] = [];
    for (const { work, ours: mine, theirs } of WORKS) {
      const there = theirs(0).path.startsWith('/indices') ? things : them;
      const { measure } = bench.stats;
      const rounds = await interleave(bench.stats.rounds, {
        ours: () => load({ ...us, pid: ours.pid }, devices, { of: mine, ms: measure }),
        theirs: () => load({ ...there, pid: moto.pid }, devices, { of: theirs, ms: measure }),
      });
      const figures = (figure: (loaded: Loaded) => number) => ({
        ours: rounds.ours?.map(figure) ?? [],
        theirs: rounds.theirs?.map(figure) ?? [],
      });
      rows.push(
        rowOf(
          `${work}, ${devices} devices: requests per second`,
          'moto',
          figures(({ rate }) => rate),
          '/s',
        ),
        rowOf(
          'the same: server CPU per request',
          'moto',
          figures(({ cpu }) => cpu),
          ' µs',
        ),
      );
    }
    return rows;
  } finally {
    await Promise.all([ours.stop(), moto.stop()]);
  }
};

const siteOf = (i: number): string => `s${Math.floor(i / SITE)}`;

/** moto finds the service by the name in the credential, and checks nothing. */
const signature = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=any`;

type Rounds = Readonly<Record<string, readonly number[]>>;

const rowOf = (work: string, peer: string, { ours = [], theirs = [] }: Rounds, unit: string): Row => ({
  work,
  peer,
  ours: `${round(median(ours))}${unit}`,
  theirs: `${round(median(theirs))}${unit}`,
  result: `${medianRatio(ours, theirs).toFixed(2)} ×`,
  wanted: '–',
  met: undefined,
});

const starts = async (bench: Bench, others: Readonly<Record<string, () => Promise<number>>>): Promise<Row[]> => {
  const rows: Row[] = [];
  const ready = await coldStart(bench);
  for (const [peer, theirs] of Object.entries(others)) {
    const rounds = await interleave(Math.min(bench.stats.starts, 7), { ours: ready, theirs });
    rows.push(rowOf('start from the command line until ready', peer, rounds, ' ms'));
  }
  return rows;
};

const azuriteStart = (folder: string) => async (): Promise<number> => {
  const main = join(folder, 'node_modules/azurite/dist/src/blob/main.js');
  const flags = ['--blobPort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'];
  const azurite = spawnUntil(process.execPath, [main, ...flags], /listens on/);
  const ms = await azurite.ready;
  await azurite.stop();
  return ms;
};

const motoStart = (python: string) => async (): Promise<number> => {
  const moto = spawnMoto(python, await freePort());
  const ms = await moto.ready;
  await moto.stop();
  return ms;
};

const spawnMoto = (python: string, port: number) =>
  spawnUntil(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], /Running on/);

/** Starts a program; `ready` is how long it took until it printed what says that it is, ms. */
const spawnUntil = (file: string, args: readonly string[], said: RegExp) => {
  const before = performance.now();
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  const exited = once(child, 'exit');
  const ready = new Promise<number>((done, failed) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (line) => said.test(line) && done(performance.now() - before));
    exited.then(([code]) => failed(new Error(`${file} ended with ${code}`)), failed);
  });
  return {
    pid: child.pid ?? 0,
    ready,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
};
