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

/** https://learn.microsoft.com/rest/api/iothub/service/query/get-twins */
export const query: readonly Route[] = [
  route('POST', '/devices/query', 'ServiceConnect', { body: queryText }, async (hub, { body, headers, gone }) =>
    page(await pump(hub.queries.run(hub.queries.parse(body), pageRequest(headers)), gone)),
  ),
];
