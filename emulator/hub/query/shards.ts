import type { Scalar } from './ast.ts';

/** The number of parts that keys are distributed to. */
export const SHARDS = 64;

/** How many characters at the end of a text choose its part: serial numbers differ at their end. */
const TAIL = 16;

/** The number of the part for a key: 0 … SHARDS − 1. */
export const shardOf = (key: Scalar): number => numberOf(key) & (SHARDS - 1);

/** A map in parts: a single map that grows to a million entries stops everything for 40 ms. */
export type Shards<K extends Scalar, V> = readonly Map<K, V>[];

export const newShards = <K extends Scalar, V>(): Shards<K, V> => Array.from({ length: SHARDS }, () => new Map<K, V>());

/** The part that has a key, or would have it. */
export const partOf = <K extends Scalar, V>(shards: Shards<K, V>, key: K): Map<K, V> =>
  shards[shardOf(key)] ?? new Map();

const numberOf = (key: Scalar): number => {
  if (typeof key === 'number') return Math.trunc(key * 31);
  if (typeof key !== 'string') return 0;
  let number = key.length;
  for (let i = Math.max(0, key.length - TAIL); i < key.length; i++)
    number = (Math.imul(number, 31) + key.charCodeAt(i)) | 0;
  return number;
};
