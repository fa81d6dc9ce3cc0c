import { promises } from 'node:fs';
import { type Options, UsageError } from '../options.ts';
import { readSeedFile, SeedError, seedOf } from '../seeds/read.ts';
import type { Seed } from '../seeds/seed.ts';
import type { TlsSettings } from '../servers/listener/handshakes.ts';

/** The CAs of devices that authenticate by certificate. Throws UsageError for files that cannot be read. */
export const readDeviceCa = async ({ deviceCa, deviceCrl }: Options): Promise<TlsSettings['deviceCa']> => {
  if (deviceCa === undefined) return undefined;
  const crl = deviceCrl === undefined ? undefined : await readPem(deviceCrl, 'deviceCrl');
  return { ca: await readPem(deviceCa, 'deviceCa'), crl };
};

/** The seed that `seed` names or is. Throws UsageError for a seed that cannot be read. */
export const readSeedOption = async ({ seed }: Options): Promise<Seed> => {
  if (seed === undefined) return { identities: [], configurations: [] };
  try {
    return typeof seed === 'string' ? await readSeedFile(seed) : seedOf(seed);
  } catch (error) {
    throw error instanceof SeedError ? new UsageError(`seed: ${error.message}`) : error;
  }
};

const readPem = async (file: string, option: string): Promise<string> => {
  const text = await promises.readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${option}: ${error.message}`);
  });
  if (text.includes('-----BEGIN ')) return text;
  throw new UsageError(`${option}: ${file} is not a PEM file`);
};
