import { type IdentityKey, keyOf } from '../../../../protocol/identity-key.ts';
import type { Json } from '../../../../protocol/json.ts';
import type { Principal } from '../../../auth/principal.ts';
import type { Hub } from '../../../hub/hub.ts';
import type { MethodAnswer } from '../../../hub/messaging/method.ts';
import { demandReach } from '../../../hub/messaging/module-reach.ts';
import { type JsonText, memberText } from '../../../kernel/json-text.ts';
import { type Answer, okText } from '../../http/response.ts';
import { type HubRoute, jsonText, route, SERVICE_CONNECT_OR_MODULE } from '../route.ts';

/** The body of a call, and its payload with its text. Throws ArgumentInvalid. */
const body = (bytes: Buffer): { readonly json: Json; readonly payload: JsonText | undefined } => {
  const sent = jsonText(bytes);
  return { json: sent.value, payload: memberText(sent, 'payload') };
};

const answer = ({ status, payload }: MethodAnswer): Answer => okText(`{"status":${status},"payload":${payload.text}}`);

const readers = { body, reachesDevice: true };

/** Calls for a service app, or for a module that may reach the device. */
const invoke = async (
  hub: Hub,
  key: IdentityKey,
  { caller, body: { json, payload } }: { readonly caller: Principal; readonly body: ReturnType<typeof body> },
): Promise<Answer> => {
  if (caller.kind !== 'policy') demandReach(hub.fleet, caller.key, key);
  return answer(await hub.methods.invoke(key, json, payload));
};

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods#invoke-direct-method */
export const methods: readonly HubRoute[] = [
  route('POST', '/twins/:deviceId/methods', SERVICE_CONNECT_OR_MODULE, readers, (hub, call) =>
    invoke(hub, call.params.deviceId, call),
  ),
  route('POST', '/twins/:deviceId/modules/:moduleId/methods', SERVICE_CONNECT_OR_MODULE, readers, (hub, call) =>
    invoke(hub, keyOf(call.params), call),
  ),
];
