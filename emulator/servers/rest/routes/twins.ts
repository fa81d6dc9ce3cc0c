import { keyOf } from '../../../../protocol/identity-key.ts';
import { twin } from '../answer.ts';
import { type Route, route, twinJson } from '../route.ts';

const DEVICE = '/twins/:deviceId';
const MODULE = '/twins/:deviceId/modules/:moduleId';
const body = twinJson;

/**
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins#back-end-operations
 * The replacement of one section at its own path is what older service SDKs call.
 */
export const twins: readonly Route[] = [
  route('GET', DEVICE, 'ServiceConnect', {}, (hub, { params }) => twin(hub.twins.get(params.deviceId))),
  route('PATCH', DEVICE, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.patch(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', DEVICE, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.replace(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', `${DEVICE}/tags`, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.replaceTags(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('PUT', `${DEVICE}/properties/desired`, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.replaceDesired(call.params.deviceId, call.body, call.ifMatch)),
  ),
  route('GET', MODULE, 'ServiceConnect', {}, (hub, { params }) => twin(hub.twins.get(keyOf(params)))),
  route('PATCH', MODULE, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.patch(keyOf(call.params), call.body, call.ifMatch)),
  ),
  route('PUT', MODULE, 'ServiceConnect', { body }, (hub, call) =>
    twin(hub.twins.replace(keyOf(call.params), call.body, call.ifMatch)),
  ),
];
