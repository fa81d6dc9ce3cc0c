import { keyOf } from '../../../../protocol/identity-key.ts';
import { twin } from '../responses.ts';
import { type HubRoute, route, SERVICE_CONNECT, twinJson } from '../route.ts';

const DEVICE = '/twins/:deviceId';
const MODULE = '/twins/:deviceId/modules/:moduleId';
const body = twinJson;

/**
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#back-end-operations
 * The replacement of one section at its own path is what older service SDKs call.
 */
export const twins: readonly HubRoute[] = [
  route('GET', DEVICE, SERVICE_CONNECT, {}, (hub, { params }) => twin(hub.twins.get(params.deviceId))),
  route('PATCH', DEVICE, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.patch(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', DEVICE, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.replace(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', `${DEVICE}/tags`, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.replaceTags(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', `${DEVICE}/properties/desired`, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.replaceDesired(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('GET', MODULE, SERVICE_CONNECT, {}, (hub, { params }) => twin(hub.twins.get(keyOf(params)))),
  route('PATCH', MODULE, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.patch(keyOf(call.params), call.body, call.ifMatch)),
  ),
  route('PUT', MODULE, SERVICE_CONNECT, { body }, (hub, call) =>
    twin(hub.twins.replace(keyOf(call.params), call.body, call.ifMatch)),
  ),
];
