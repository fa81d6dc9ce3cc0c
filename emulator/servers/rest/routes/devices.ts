import { parseBareIfMatch } from '../../../../protocol/etag.ts';
import { noContent } from '../../http/response.ts';
import { bulk, identities, identity } from '../responses.ts';
import { type HubRoute, json, REGISTRY_READ, REGISTRY_WRITE, route } from '../route.ts';

/** NaN if `top` is not a number: the registry rejects it. */
const top = (query: ReadonlyMap<string, string>): number | undefined => {
  const text = query.get('top');
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
};

const ifMatch = parseBareIfMatch;

const BULK_LIMIT = 16 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/iothub/service/devices */
export const devices: readonly HubRoute[] = [
  route('GET', '/devices', REGISTRY_READ, { query: top }, (hub, call) => identities(hub.registry.list(call.query))),
  route('POST', '/devices', REGISTRY_WRITE, { body: json, bodyLimit: BULK_LIMIT }, (hub, { body }) =>
    bulk(hub.bulk.apply(body)),
  ),
  route('POST', '/devices/keys/regenerate', REGISTRY_WRITE, { body: json }, (hub, call) => {
    const { status, body } = hub.bulk.rotateKeys(call.body);
    const headers = status === 400 ? { 'iothub-errorcode': 'BulkRegenerateDeviceKeyOperationFailure' } : {};
    return { status, headers, body: { json: body } };
  }),
  route('GET', '/devices/:deviceId', REGISTRY_READ, {}, (hub, { params }) =>
    identity(hub.registry.get(params.deviceId)),
  ),
  route('PUT', '/devices/:deviceId', REGISTRY_WRITE, { body: json, ifMatch }, (hub, call) =>
    identity(hub.registry.put(call.params, call.body, call.ifMatch)),
  ),
  route('DELETE', '/devices/:deviceId', REGISTRY_WRITE, { ifMatch }, (hub, call) => {
    hub.registry.delete(call.params, call.ifMatch);
    return noContent;
  }),
];
