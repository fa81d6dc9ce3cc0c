import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import { LIMITS, type Limits } from '../../../protocol/limits.ts';
import { DEFAULT_PAGE } from './dialect.ts';

export interface PageRequest {
  /** The largest number of items; clamped to the hub's largest page. */
  readonly maxItemCount?: number | undefined;
  /** The `continuation` of the previous page. */
  readonly continuation?: string | undefined;
}

export interface Page {
  readonly items: readonly Json[];
  /** The items as JSON text, if some of their numbers are kept as they were sent. */
  readonly texts?: readonly string[];
  /** Value of `x-ms-item-type`. */
  readonly itemType: 'Twin' | 'Raw' | 'DeviceJob' | 'JobResponse';
  /** Opaque. Undefined on the last page: the header must be left out then, as SDKs take any value to mean more pages. */
  readonly continuation: string | undefined;
}

/** Where a page starts. */
export interface PageStart {
  /** The first slot to examine, or the first group to return. */
  readonly next: number;
  /** The number of items on the previous pages. */
  readonly given: number;
}

/** The number of items on a page. Throws ArgumentInvalid unless `maxItemCount` is a whole number of at least 1. */
export const pageSize = (
  { maxItemCount }: PageRequest,
  { pageMax }: Pick<Limits, 'pageMax'> = LIMITS.azure,
): number => {
  if (maxItemCount === undefined) return DEFAULT_PAGE;
  if (!Number.isSafeInteger(maxItemCount) || maxItemCount < 1)
    throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the page size must be a whole number of at least 1' });
  return Math.min(maxItemCount, pageMax);
};

/** A token that is valid for the same query only. A row keeps its slot, so writes between pages neither repeat nor skip it. */
export const writeContinuation = (text: string, start: PageStart): string =>
  btoa(JSON.stringify([VERSION, start.next, start.given, sealOf(text, start)])).replaceAll('=', '');

/** Where the requested page starts. Throws ArgumentInvalid if the token is of another query or not a token at all. */
export const readContinuation = (text: string, { continuation }: PageRequest): PageStart => {
  if (continuation === undefined) return { next: 0, given: 0 };
  const [version, next, given, seal] = decode(continuation);
  if (version === VERSION && isCount(next) && isCount(given) && seal === sealOf(text, { next, given }))
    return { next, given };
  throw new HubError('ArgumentInvalid', 'BadRequest', { hint: 'the continuation token does not belong to this query' });
};

const VERSION = 2;

/** Ties a token to its query and detects changed tokens. */
const sealOf = (text: string, { next, given }: PageStart): number => digest(`${next} ${given} ${text}`);

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
