import { parseBareIfMatch } from '../../../../protocol/etag.ts';
import { keyOf } from '../../../../protocol/identity-key.ts';
import { noContent } from '../../http/response.ts';
import { identities, identity } from '../responses.ts';
import { type HubRoute, json, REGISTRY_READ, REGISTRY_WRITE, route } from '../route.ts';

const MODULES = '/devices/:deviceId/modules';
const MODULE = '/devices/:deviceId/modules/:moduleId';
const ifMatch = parseBareIfMatch;

/** https://learn.microsoft.com/rest/api/iothub/service/modules */
export const modules: readonly HubRoute[] = [
  route('GET', MODULES, REGISTRY_READ, {}, (hub, { params }) => identities(hub.registry.modules(params.deviceId))),
  route('GET', MODULE, REGISTRY_READ, {}, (hub, { params }) => identity(hub.registry.get(keyOf(params)))),
  route('PUT', MODULE, REGISTRY_WRITE, { body: json, ifMatch }, (hub, call) =>
    identity(hub.registry.put(call.params, call.body, call.ifMatch)),
  ),
  route('DELETE', MODULE, REGISTRY_WRITE, { ifMatch }, (hub, call) => {
    hub.registry.delete(call.params, call.ifMatch);
    return noContent;
  }),
];
