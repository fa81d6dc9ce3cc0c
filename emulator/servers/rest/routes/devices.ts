import { noContent, ok } from '../../http/answer.ts';
import { bulk, identities, identity } from '../answer.ts';
import { json, type Route, route } from '../route.ts';

/** Not a number where `top` is no number: the registry refuses it. */
const top = (query: ReadonlyMap<string, string>): number | undefined => {
  const text = query.get('top');
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
};

const BULK_LIMIT = 16 * 1024 * 1024;

/** https://learn.microsoft.com/rest/api/iothub/service/devices */
export const devices: readonly Route[] = [
  route('GET', '/devices', 'RegistryRead', { query: top }, (hub, call) => identities(hub.registry.list(call.query))),
  route('POST', '/devices', 'RegistryWrite', { body: json, bodyLimit: BULK_LIMIT }, (hub, { body }) =>
    bulk(hub.bulk.apply(body)),
  ),
  route('POST', '/devices/keys/regenerate', 'RegistryWrite', { body: json }, (hub, call) => {
    const { status, body } = hub.bulk.rotateKeys(call.body);
    const headers = status === 400 ? { 'iothub-errorcode': 'BulkRegenerateDeviceKeyOperationFailure' } : {};
    return { status, headers, body: { json: body } };
  }),
  route('GET', '/devices/:deviceId', 'RegistryRead', {}, (hub, { params }) =>
    identity(hub.registry.get(params.deviceId)),
  ),
  route('PUT', '/devices/:deviceId', 'RegistryWrite', { body: json }, (hub, { params, body, ifMatch }) =>
    identity(hub.registry.put(params, body, ifMatch)),
  ),
  route('DELETE', '/devices/:deviceId', 'RegistryWrite', {}, (hub, { params, ifMatch }) => {
    hub.registry.delete(params, ifMatch);
    return noContent;
  }),
  // no document names the right; there are no messages to devices yet, so none to purge
  route('DELETE', '/devices/:deviceId/commands', ['ServiceConnect', 'RegistryWrite'], {}, (hub, { params }) =>
    ok({ totalMessagesPurged: 0, deviceId: hub.registry.get(params.deviceId).key, moduleId: null }),
  ),
];
