import { keyOf } from '../../../../protocol/identity-key.ts';
import { noContent } from '../../http/answer.ts';
import { identities, identity } from '../answer.ts';
import { json, type Route, route } from '../route.ts';

const MODULES = '/devices/:deviceId/modules';
const MODULE = '/devices/:deviceId/modules/:moduleId';

/** https://learn.microsoft.com/rest/api/iothub/service/modules */
export const modules: readonly Route[] = [
  route('GET', MODULES, 'RegistryRead', {}, (hub, { params }) => identities(hub.registry.modules(params.deviceId))),
  route('GET', MODULE, 'RegistryRead', {}, (hub, { params }) => identity(hub.registry.get(keyOf(params)))),
  route('PUT', MODULE, 'RegistryWrite', { body: json }, (hub, { params, body, ifMatch }) =>
    identity(hub.registry.put(params, body, ifMatch)),
  ),
  route('DELETE', MODULE, 'RegistryWrite', {}, (hub, { params, ifMatch }) => {
    hub.registry.delete(params, ifMatch);
    return noContent;
  }),
];
