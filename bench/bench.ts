import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { loadCertificates } from '../emulator/certificates/certificates.ts';
import { call } from './program.ts';

/** How long and how often to measure: `--quick` gives a first impression only. */
export interface Effort {
  readonly rounds: number;
  /** Processes of each kind of hub, where kinds differ little. */
  readonly processes: number;
  /** ms. */
  readonly warmUp: number;
  readonly measure: number;
  /** Devices that connect at once. */
  readonly storm: number;
  readonly storms: number;
  readonly starts: number;
  /** The number of twins in each fleet that is queried. */
  readonly fleets: readonly number[];
  /** Devices that have full queues, or report at the same time, and how often each of these reports, once a second. */
  readonly crowd: number;
  /** Devices of the hub that is compared with other emulators. */
  readonly peerDevices: number;
  /** Twins in the largest hub that is kept on disk. */
  readonly largest: number;
  readonly reports: number;
  /** Of a class. */
  readonly students: number;
}

export const WHOLE: Effort = {
  rounds: 5,
  processes: 8,
  warmUp: 1000,
  measure: 2000,
  storm: 10_000,
  storms: 5,
  starts: 15,
  fleets: [10_000, 100_000, 1_000_000],
  crowd: 10_000,
  reports: 60,
  largest: 1_000_000,
  peerDevices: 1_000,
  students: 30,
};
export const QUICK: Effort = {
  rounds: 3,
  processes: 1,
  warmUp: 500,
  measure: 800,
  storm: 2_000,
  storms: 1,
  starts: 7,
  fleets: [10_000],
  crowd: 1_000,
  reports: 10,
  largest: 10_000,
  peerDevices: 200,
  students: 4,
};

/** The files of a run and the programs that it has prepared. */
export interface Bench {
  readonly stats: Effort;
  /** The temporary folder of this run. */
  readonly folder: string;
  /** The folder with the certificates of all servers. */
  readonly caDir: string;
  /** A compiled program of `bench/load`. */
  program(name: keyof typeof PROGRAMS): string;
  /** A bundled program of `bench/servers`. */
  server(name: string): string;
  close(): Promise<void>;
}

const PROGRAMS = {
  devices: ['devices.c', 'fleet.c', 'mqtt.c', 'wire.c', 'measure.c'],
  reports: ['reports.c', 'fleet.c', 'mqtt.c', 'wire.c', 'measure.c'],
  echo: ['echo.c', 'mqtt.c', 'wire.c', 'measure.c'],
  requests: ['requests.c', 'wire.c', 'measure.c'],
  'amqp-devices': ['amqp-devices.c', 'amqp.c', 'amqp-read.c', 'wire.c', 'measure.c'],
  'amqp-queues': ['amqp-queues.c', 'amqp.c', 'amqp-read.c', 'wire.c', 'measure.c'],
  telemetry: ['telemetry.c', 'fleet.c', 'mqtt.c', 'wire.c', 'measure.c'],
  consumers: ['consumers.c', 'amqp.c', 'amqp-read.c', 'wire.c', 'measure.c'],
  'amqp-reader': ['amqp-reader.c', 'amqp.c', 'amqp-read.c', 'wire.c', 'measure.c'],
} as const;
const SERVERS = [
  'emulator',
  'event-days',
  'aedes',
  'rest',
  'bare-http',
  'start',
  'reset',
  'query',
  'sqlite',
  'amqp-engine',
  'amqp-codec',
  'rhea',
  'store',
  'report',
  'feed',
] as const;

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
// inside the project, so that imports of packages resolve; as deep as the sources, so that the hub finds its page
const BUNDLES = place('../node_modules/.cache/bench/servers/');

/** Compiles programs, bundles servers and mints certificates. Throws an error that names what the machine lacks. */
export const openBench = async (stats: Effort): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'iothub-bench-'));
  const bench: Bench = {
    stats,
    folder,
    caDir: join(folder, 'ca'),
    program: (name) => join(folder, name),
    server: (name) => join(BUNDLES, `${name}.mjs`),
    close: () => rm(folder, { recursive: true, force: true }),
  };
  await Promise.all([compile(bench), bundle(), present(bench)]);
  return bench;
};

const compile = async (bench: Bench): Promise<void> => {
  for (const [name, sources] of Object.entries(PROGRAMS)) {
    const files = sources.map((source) => place(`load/${source}`));
    const output = join(bench.folder, name);
    try {
      await call('gcc', ['-O2', '-Wall', '-std=c11', '-D_GNU_SOURCE', '-o', output, ...files, '-lssl', '-lcrypto']);
    } catch (cause) {
      throw new Error('The load generator needs gcc and libssl-dev (Debian)', { cause });
    }
  }
};

/** Bundles the sources as the build does. */
const bundle = async (): Promise<void> => {
  await rm(BUNDLES, { recursive: true, force: true });
  await build({
    entryPoints: SERVERS.map((name) => place(`servers/${name}.ts`)),
    outdir: BUNDLES,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    alias: { 'iothub-emulator': place('../emulator/index.ts') },
    logLevel: 'error',
  });
};

/** mosquitto takes one key only: the one that the other servers prefer. */
const present = async ({ caDir, folder }: Bench): Promise<void> => {
  const { key, cert } = await loadCertificates({ folder: caDir });
  const at = key.findIndex((pem) => createPrivateKey(pem).asymmetricKeyType === 'ec');
  await writeFile(join(folder, 'key.pem'), key[at] ?? '', { mode: 0o600 });
  await writeFile(join(folder, 'cert.pem'), cert[at] ?? '');
};
