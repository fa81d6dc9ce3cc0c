import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signSas } from '../protocol/sas.ts';
import type { Bench } from './bench.ts';

/** Files with the devices for the load generator: one for a hub, one for a broker with topics per device. */
export interface FleetFiles {
  readonly hub: string;
  readonly broker: string;
}

const HOUR = 3600;

/** Writes the credentials of devices d0, d1, …, given their primary keys. */
export const writeFleet = async (bench: Bench, keys: readonly string[]): Promise<FleetFiles> => {
  const expiry = Math.floor(Date.now() / 1000) + HOUR;
  const lines = keys.map((key, i) => {
    const password = signSas({ resource: `localhost/devices/d${i}`, key, expiry });
    return [`d${i}`, `localhost/d${i}/?api-version=2021-04-12`, password].join('\t');
  });
  const files = { hub: join(bench.folder, 'hub.tsv'), broker: join(bench.folder, 'broker.tsv') };
  await writeFile(files.hub, `${lines.map((line) => `${line}\t$iothub/`).join('\n')}\n`);
  await writeFile(files.broker, `${lines.map((line, i) => `${line}\tdevices/d${i}/`).join('\n')}\n`);
  return files;
};
