import type { Json } from '../../../../protocol/json.ts';
import { isObject, own } from '../../../../protocol/json.ts';
import { pump } from '../../http/pump.ts';
import { page, pageRequest } from '../paging.ts';
import { json, type Route, route } from '../route.ts';

/** The text of a query, undefined where there is none. Throws ArgumentInvalid. */
const queryText = (bytes: Buffer): Json | undefined => {
  const body = json(bytes);
  return isObject(body) ? own(body, 'query') : undefined;
};

/** More than any query may have, so that one that is too long is told so. */
const QUERY_LIMIT = 4 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/iothub/service/query/get-twins */
export const query: readonly Route[] = [
  route(
    'POST',
    '/devices/query',
    'ServiceConnect',
    { body: queryText, bodyLimit: QUERY_LIMIT },
    async (hub, { body, headers, gone }) =>
      page(await pump(hub.queries.run(hub.queries.parse(body), pageRequest(headers)), gone)),
  ),
];
