import { keyOf } from '../../../../protocol/identity-key.ts';
import { ok } from '../../http/answer.ts';
import { json, type Route, route } from '../route.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods#invoke-direct-method */
export const methods: readonly Route[] = [
  route('POST', '/twins/:deviceId/methods', 'ServiceConnect', { body: json }, async (hub, { params, body }) =>
    ok({ ...(await hub.methods.invoke(params.deviceId, body)) }),
  ),
  route('POST', '/twins/:deviceId/modules/:moduleId/methods', 'ServiceConnect', { body: json }, async (hub, call) =>
    ok({ ...(await hub.methods.invoke(keyOf(call.params), call.body)) }),
  ),
];
