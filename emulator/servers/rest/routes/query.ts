import type { Json } from '../../../../protocol/json.ts';
import { isObject, own } from '../../../../protocol/json.ts';
import type { PageRequest } from '../../../hub/query/page.ts';
import { pump } from '../../http/pump.ts';
import { page } from '../answer.ts';
import { json, type Route, route } from '../route.ts';

/** The text of a query, undefined where there is none. Throws ArgumentInvalid. */
const queryText = (bytes: Buffer): Json | undefined => {
  const body = json(bytes);
  return isObject(body) ? own(body, 'query') : undefined;
};

const pageRequest = (headers: Readonly<Record<string, string | string[] | undefined>>): PageRequest => {
  const count = text(headers['x-ms-max-item-count']);
  return {
    maxItemCount: count === undefined ? undefined : Number(count),
    continuation: text(headers['x-ms-continuation']),
  };
};

const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header : undefined;

/** https://learn.microsoft.com/rest/api/iothub/service/query/get-twins */
export const query: readonly Route[] = [
  route('POST', '/devices/query', 'ServiceConnect', { body: queryText }, async (hub, { body, headers, gone }) =>
    page(await pump(hub.queries.run(hub.queries.parse(body), pageRequest(headers)), gone)),
  ),
];
