import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { DEFAULT_PAGE, LARGEST_PAGE } from './dialect.ts';

export interface PageRequest {
  /** Items wanted; more than the hub's largest page is clamped. */
  readonly maxItemCount?: number | undefined;
  /** What came with the page before. */
  readonly continuation?: string | undefined;
}

export interface Page {
  readonly items: readonly Json[];
  /** Value of `x-ms-item-type`. */
  readonly itemType: 'Twin' | 'Raw' | 'DeviceJob' | 'JobResponse';
  /** Opaque; undefined with the last page, where the header must be left out: SDKs take any value for more. */
  readonly continuation: string | undefined;
}

/** Where a page starts. */
export interface Place {
  /** The first slot to look at, or the first group to give. */
  readonly next: number;
  /** Items given on the pages before. */
  readonly given: number;
}

/** Rows on one page. Throws ArgumentInvalid for what is no count. */
export const pageSize = ({ maxItemCount }: PageRequest): number => {
  if (maxItemCount === undefined) return DEFAULT_PAGE;
  if (!Number.isSafeInteger(maxItemCount) || maxItemCount < 1)
    throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the page size is a whole number from 1 on' });
  return Math.min(maxItemCount, LARGEST_PAGE);
};

/** A token that only fits the same query. Slots stay a row's own, so writes in between neither repeat nor skip one. */
export const writePlace = (text: string, place: Place): string =>
  btoa(JSON.stringify([VERSION, place.next, place.given, sealOf(text, place)])).replaceAll('=', '');

/** Throws ArgumentInvalid for a token of another query, or of nobody's. */
export const readPlace = (text: string, { continuation }: PageRequest): Place => {
  if (continuation === undefined) return { next: 0, given: 0 };
  const [version, next, given, seal] = decode(continuation);
  if (version === VERSION && isCount(next) && isCount(given) && seal === sealOf(text, { next, given }))
    return { next, given };
  throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the continuation token is not one of this query' });
};

const VERSION = 2;

/** Ties a place to its query, so that a token that somebody changed is told from one that was given out. */
const sealOf = (text: string, { next, given }: Place): number => digest(`${next} ${given} ${text}`);

const decode = (continuation: string): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(atob(continuation));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** FNV-1a over UTF-16 code units. */
const digest = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};
