import { promises } from 'node:fs';
import type { z } from 'zod';
import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import { SeedFile } from '../../protocol/seed.ts';
import { isTooDeep, TOO_DEEP } from '../kernel/json-depth.ts';
import { readDevicesText } from './devices-text.ts';
import { expandedSize, expandSeed } from './expand.ts';
import type { Seed } from './seed.ts';
import { isStateFile, readStateFile } from './state-file.ts';

/** A seed that cannot be read. The message says where and why. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/** Reads a seed file in any of its forms. Throws SeedError. */
export const readSeedFile = async (file: string): Promise<Seed> => {
  const text = await promises.readFile(file, 'utf8').catch((error: Error) => {
    throw new SeedError(error.message);
  });
  try {
    return await readSeed(text);
  } catch (error) {
    throw error instanceof SeedError ? new SeedError(`${file}: ${error.message}`) : error;
  }
};

/**
 * Reads JSON or YAML of our own form, the file of `az iot hub state export`, or the `devices.txt` of an export job.
 * `mostCharacters`: the most JSON that counts may make of it. Throws SeedError.
 */
export const readSeed = async (text: string, mostCharacters = MOST_CHARACTERS): Promise<Seed> => {
  if (isLines(text)) {
    try {
      return readDevicesText(text);
    } catch (error) {
      throw new SeedError(error instanceof Error ? error.message : String(error));
    }
  }
  const document = await parse(text).catch((error: unknown) => {
    // YAML with too many aliases, or with too many levels
    throw error instanceof SeedError ? error : new SeedError(error instanceof Error ? error.message : String(error));
  });
  if (isTooDeep(document)) throw new SeedError(TOO_DEEP);
  return seedOf(document, mostCharacters);
};

/** As `readSeed`, for a document that was parsed already. Throws SeedError. */
export const seedOf = (document: unknown, mostCharacters = MOST_CHARACTERS): Seed => {
  if (isStateFile(document)) return readStateFile(document);
  if (isObject(document) && holdsDocuments(document))
    throw new SeedError('it holds whole twin documents: use `import` for them, a seed has another form');
  const { data, error } = SeedFile.safeParse(Array.isArray(document) ? { devices: document } : document);
  if (error !== undefined) throw new SeedError(error.issues.map(complaint).join('\n'));
  const size = expandedSize(data);
  if (size > mostCharacters)
    throw new SeedError(
      `its devices are ${Math.round(size / 1e6)} MB with all counts; at most ${Math.round(mostCharacters / 1e6)} MB are possible`,
    );
  return expandSeed(data);
};

/** True for lines that each hold a device; the first line of an export may be plain text. */
const isLines = (text: string): boolean => {
  const first = text.split('\n', 3).find((line) => line.startsWith('{'));
  try {
    const item: unknown = JSON.parse(first ?? '');
    return isObject(item) && typeof own(item, 'id') === 'string';
  } catch {
    return false;
  }
};

const parse = async (text: string): Promise<unknown> => {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML has better messages, and takes comments
    }
  }
  const yaml = await import('../yaml.ts');
  const document = yaml.parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new SeedError(error.message);
  return document.toJS({ maxAliasCount: MOST_ALIASES });
};

/** A million devices with a tag or two. */
const MOST_CHARACTERS = 256_000_000;
const MOST_ALIASES = 1000;

const holdsDocuments = (document: JsonObject): boolean => {
  const devices = own(document, 'devices');
  return Array.isArray(devices) && devices.some((device) => isObject(device) && own(device, 'deviceId') !== undefined);
};

const complaint = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;
