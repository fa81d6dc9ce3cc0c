import type { Scalar } from './ast.ts';

/** Into how many parts keys fall. */
export const SHARDS = 64;

/** Characters of a text that tell its shard: serial numbers differ at their end. */
const TAIL = 16;

/** The number of the part in which a key is: 0 … SHARDS − 1. */
export const shardOf = (key: Scalar): number => numberOf(key) & (SHARDS - 1);

/** A map in parts: one alone that grows to a million stands still for 40 ms. */
export type Shards<K extends Scalar, V> = readonly Map<K, V>[];

export const newShards = <K extends Scalar, V>(): Shards<K, V> => Array.from({ length: SHARDS }, () => new Map<K, V>());

/** The part in which a key is, or would be. */
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
