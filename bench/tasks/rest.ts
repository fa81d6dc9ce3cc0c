import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policies } from '../../emulator/auth/policies.ts';
import { signSas } from '../../protocol/sas.ts';
import type { Bench } from '../bench.ts';
import { interleave, median, medianRatio } from '../pairs.ts';
import { freePort, run, startServer } from '../program.ts';
import { judge, type Row, round } from '../report.ts';

type Measured = Readonly<Record<string, number>>;

const DEVICES = 100;
const CONNECTIONS = 32;

/** A service patches twins over REST, without TLS and with a cached token. */
export const rest = async (bench: Bench): Promise<readonly Row[]> => {
  const [port, barePort] = [await freePort(), await freePort()];
  const authorization = serviceToken();
  const ours = await startServer(bench.server('rest'), { port, devices: DEVICES });
  const bare = await startServer(bench.server('bare-http'), { port: barePort, devices: DEVICES, authorization });
  try {
    const file = join(bench.folder, 'requests.http');
    await writeFile(file, Array.from({ length: DEVICES }, (_, i) => `${request(i, authorization)}\0`).join(''));
    const rounds = await interleave(bench.stats.rounds, {
      ours: () => load(bench, { port, pid: ours.pid, file }),
      theirs: () => load(bench, { port: barePort, pid: bare.pid, file }),
    });
    const figures = (name: string, figure: (m: Measured) => number) => (rounds[name] ?? []).map(figure);
    const [rates, theirRates] = [figures('ours', rate), figures('theirs', rate)];
    const [cpus, theirCpus] = [figures('ours', cpu), figures('theirs', cpu)];
    return [
      {
        work: 'REST twin PATCH, token cached, no TLS: requests per second',
        peer: 'bare node:http with the same merge',
        ours: `${round(median(rates))}/s`,
        theirs: `${round(median(theirRates))}/s`,
        ...judge(medianRatio(rates, theirRates), { least: 0.85 }),
      },
      {
        work: 'the same: server CPU per request',
        peer: 'bare node:http with the same merge',
        ours: `${round(median(cpus))} µs`,
        theirs: `${round(median(theirCpus))} µs`,
        result: `${medianRatio(cpus, theirCpus).toFixed(2)} ×`,
        wanted: '',
        met: undefined,
      },
    ];
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
};

const rate = ({ operations = 0, seconds = 0 }: Measured): number => operations / seconds;
const cpu = ({ operations = 0, cpu = 0 }: Measured): number => cpu / operations;

export const serviceToken = (): string => {
  const key = policies().get('service')?.primaryKey ?? '';
  return signSas({ resource: 'localhost', key, expiry: Math.floor(Date.now() / 1000) + 3600, policy: 'service' });
};

const request = (device: number, authorization: string): string => {
  const body = JSON.stringify({
    tags: { location: { region: 'US', plant: 'Redmond43' } },
    properties: { desired: { telemetryConfig: { sendFrequency: '5m', level: device } } },
  });
  return [
    `PATCH /twins/d${device}?api-version=2021-04-12 HTTP/1.1`,
    'Host: localhost',
    `Authorization: ${authorization}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
};

const load = async (bench: Bench, target: { port: number; pid: number; file: string }): Promise<Measured> => {
  const options = {
    port: target.port,
    pids: target.pid,
    file: target.file,
    connections: CONNECTIONS,
    'warm-up': bench.stats.warmUp,
    measure: bench.stats.measure,
  };
  const measured = await run(
    bench.program('requests'),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  );
  if (measured.wrong !== 0) throw new Error(`refused requests: ${JSON.stringify(measured)}`);
  return measured;
};
