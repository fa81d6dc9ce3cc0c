import { keyOf } from '../../../../protocol/identity-key.ts';
import type { Json } from '../../../../protocol/json.ts';
import type { MethodAnswer } from '../../../hub/messaging/method.ts';
import { type JsonText, memberText } from '../../../kernel/json-text.ts';
import { type Answer, okText } from '../../http/response.ts';
import { type HubRoute, jsonText, route, SERVICE_CONNECT } from '../route.ts';

/** The body of a call, and its payload with its text. Throws ArgumentInvalid. */
const body = (bytes: Buffer): { readonly json: Json; readonly payload: JsonText | undefined } => {
  const sent = jsonText(bytes);
  return { json: sent.value, payload: memberText(sent, 'payload') };
};

const answer = ({ status, payload }: MethodAnswer): Answer => okText(`{"status":${status},"payload":${payload.text}}`);

const readers = { body, reachesDevice: true };

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods#invoke-direct-method */
export const methods: readonly HubRoute[] = [
  route(
    'POST',
    '/twins/:deviceId/methods',
    SERVICE_CONNECT,
    readers,
    async (hub, { params, body: { json, payload } }) =>
      answer(await hub.methods.invoke(params.deviceId, json, payload)),
  ),
  route(
    'POST',
    '/twins/:deviceId/modules/:moduleId/methods',
    SERVICE_CONNECT,
    readers,
    async (hub, { params, body: { json, payload } }) => answer(await hub.methods.invoke(keyOf(params), json, payload)),
  ),
];
