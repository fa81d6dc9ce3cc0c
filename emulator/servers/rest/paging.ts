import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../../protocol/json.ts';
import type { PageRequest } from '../../hub/query/page.ts';
import { type Answer, ok, okText } from '../http/response.ts';

/** The page that a request asks for in its headers; empty headers count as missing. */
export const pageRequest = (headers: IncomingHttpHeaders): PageRequest => {
  const count = text(headers['x-ms-max-item-count']);
  return {
    maxItemCount: count === undefined ? undefined : countIn(count),
    continuation: text(headers['x-ms-continuation']),
  };
};

/** Decimal digits only: `0x10` is not a valid count. */
const countIn = (header: string): number => (/^\d+$/.test(header) ? Number(header) : Number.NaN);

/** One page of a list. Without a next page the continuation is left out: SDKs ask again even for an empty one. */
export const page = ({
  items,
  texts,
  itemType,
  continuation,
}: {
  readonly items: readonly Json[];
  /** The items as text, if some of their numbers are kept as they were sent. */
  readonly texts?: readonly string[];
  readonly itemType: string;
  readonly continuation: string | undefined;
}): Answer => {
  const headers = {
    'x-ms-item-type': itemType,
    ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
  };
  return texts === undefined ? ok(items, headers) : okText(`[${texts.join()}]`, headers);
};

const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header : undefined;
