import { ok } from '../../http/answer.ts';
import { type Route, route } from '../route.ts';

/** https://learn.microsoft.com/rest/api/iothub/service/statistics */
export const statistics: readonly Route[] = [
  route('GET', '/statistics/devices', 'RegistryRead', {}, (hub) => ok({ ...hub.registry.statistics() })),
  // the documentation names no right for this one: a policy with either may ask
  route('GET', '/statistics/service', ['RegistryRead', 'ServiceConnect'], {}, (hub) =>
    ok({ connectedDeviceCount: hub.sessions.connectedDevices }),
  ),
];
