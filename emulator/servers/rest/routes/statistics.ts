import { ok } from '../../http/response.ts';
import { byPolicy, type HubRoute, REGISTRY_READ, route } from '../route.ts';

/** https://learn.microsoft.com/rest/api/iothub/service/statistics */
export const statistics: readonly HubRoute[] = [
  route('GET', '/statistics/devices', REGISTRY_READ, {}, (hub) => ok({ ...hub.registry.statistics() })),
  // the documentation does not name the right: either is enough
  route('GET', '/statistics/service', byPolicy('RegistryRead', 'ServiceConnect'), {}, (hub) =>
    ok({ connectedDeviceCount: hub.sessions.connectedDevices }),
  ),
];
