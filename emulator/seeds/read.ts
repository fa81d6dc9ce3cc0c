import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { isObject, type JsonObject, own } from '../../protocol/json.ts';
import { readDevicesText } from './devices-text.ts';
import { grow } from './grow.ts';
import { type Seed, SeedFile } from './seed.ts';
import { isStateFile, readStateFile } from './state-file.ts';

/** A seed that cannot be read: the text says where and why. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

/** Reads a seed file in any of its forms. Throws SeedError. */
export const readSeedFile = async (file: string): Promise<Seed> => {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
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
 * Throws SeedError.
 */
export const readSeed = async (text: string): Promise<Seed> => {
  if (isLines(text)) {
    try {
      return readDevicesText(text);
    } catch (error) {
      throw new SeedError(error instanceof Error ? error.message : String(error));
    }
  }
  return seedOf(await parse(text));
};

/** As `readSeed`, for what was parsed already. Throws SeedError. */
export const seedOf = (document: unknown): Seed => {
  if (isStateFile(document)) return readStateFile(document);
  if (isObject(document) && holdsDocuments(document))
    throw new SeedError('it holds twins as they stand: that is for import, not for a seed');
  const { data, error } = SeedFile.safeParse(Array.isArray(document) ? { devices: document } : document);
  if (error !== undefined) throw new SeedError(error.issues.map(complaint).join('\n'));
  return grow(data);
};

/** Lines of which each is a device of its own; an export's first line may be plain text. */
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
      // YAML says better what is wrong, and takes comments
    }
  }
  const yaml = await import('yaml');
  const document = yaml.parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new SeedError(error.message);
  return document.toJS({ maxAliasCount: 1000 });
};

const holdsDocuments = (document: JsonObject): boolean => {
  const devices = own(document, 'devices');
  return Array.isArray(devices) && devices.some((device) => isObject(device) && own(device, 'deviceId') !== undefined);
};

const complaint = ({ path, message }: z.core.$ZodIssue): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;
