import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../../protocol/json.ts';
import type { PageRequest } from '../../hub/query/page.ts';
import { type Answer, ok } from '../http/answer.ts';

/** The page that a request asks for in its headers, an empty one counting as none. */
export const pageRequest = (headers: IncomingHttpHeaders): PageRequest => {
  const count = text(headers['x-ms-max-item-count']);
  return {
    maxItemCount: count === undefined ? undefined : countIn(count),
    continuation: text(headers['x-ms-continuation']),
  };
};

/** Not every notation of a number: `0x10` is no count. */
const countIn = (header: string): number => (/^\d+$/.test(header) ? Number(header) : Number.NaN);

/** One page of a list; SDKs take any continuation, even an empty one, for the promise of another page. */
export const page = ({
  items,
  itemType,
  continuation,
}: {
  readonly items: readonly Json[];
  readonly itemType: string;
  readonly continuation: string | undefined;
}): Answer =>
  ok(items, {
    'x-ms-item-type': itemType,
    ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
  });

const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header : undefined;
