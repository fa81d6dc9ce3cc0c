import type { Json } from '../../../../protocol/json.ts';
import { isObject, own } from '../../../../protocol/json.ts';
import { runInSlices } from '../../http/time-slices.ts';
import { page, pageRequest } from '../paging.ts';
import { type HubRoute, json, route, SERVICE_CONNECT } from '../route.ts';

/** The text of a query; undefined if it is missing. Throws ArgumentInvalid. */
const queryText = (bytes: Buffer): Json | undefined => {
  const body = json(bytes);
  return isObject(body) ? own(body, 'query') : undefined;
};

/** More than the longest query, so that a query that is too long gets the hub's own error. */
const QUERY_LIMIT = 4 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/iothub/service/query/get-twins */
export const query: readonly HubRoute[] = [
  route(
    'POST',
    '/devices/query',
    SERVICE_CONNECT,
    { body: queryText, bodyLimit: QUERY_LIMIT, isRead: true },
    async (hub, { body, headers, gone }) =>
      page(await runInSlices(hub.queries.run(hub.queries.parse(body), pageRequest(headers)), gone)),
  ),
];
