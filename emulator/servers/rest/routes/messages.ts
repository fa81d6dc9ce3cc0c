import { messageFromHeaders } from '../../../../protocol/message-headers.ts';
import { namedHeaders } from '../../http/headers.ts';
import { noContent, ok } from '../../http/response.ts';
import { byPolicy, type HubRoute, route, SERVICE_CONNECT } from '../route.ts';

const raw = (bytes: Buffer): Buffer => bytes;

const FEEDBACK = '/messages/serviceBound/feedback';

/** Messages to devices, and what has become of them, for service apps. https://learn.microsoft.com/rest/api/iothub/service */
export const messages: readonly HubRoute[] = [
  // no longer documented; SDKs send over AMQP
  route('POST', '/messages/deviceBound', SERVICE_CONNECT, { body: raw }, (hub, { rawHeaders, body }) => {
    hub.inbox.send(messageFromHeaders(namedHeaders(rawHeaders), body));
    return noContent;
  }),
  // not documented: https://github.com/Azure/azure-iot-explorer calls it, with an id that is encoded twice
  route('POST', '/devices/:deviceId/messages/deviceBound', SERVICE_CONNECT, { body: raw }, (hub, call) => {
    const { system, ...message } = messageFromHeaders(namedHeaders(call.rawHeaders), call.body);
    hub.inbox.send({ ...message, system: { ...system, to: `/devices/${call.params.deviceId}/messages/deviceBound` } });
    return noContent;
  }),
  // the documentation does not name the right
  route('DELETE', '/devices/:deviceId/commands', byPolicy('ServiceConnect', 'RegistryWrite'), {}, (hub, { params }) => {
    const { key } = hub.registry.get(params.deviceId);
    return ok({ totalMessagesPurged: hub.inbox.purge(key), deviceId: key, moduleId: null });
  }),
  route('GET', FEEDBACK, SERVICE_CONNECT, {}, (hub) => {
    const batch = hub.feedback.receive();
    if (batch === undefined) return noContent;
    return ok(
      batch.item.map((record) => ({ ...record })),
      { etag: `"${batch.lock.token}"` },
    );
  }),
  route('DELETE', `${FEEDBACK}/:lockToken`, SERVICE_CONNECT, {}, (hub, { params }) => {
    hub.feedback.complete(params.lockToken);
    return noContent;
  }),
  route('POST', `${FEEDBACK}/:lockToken/abandon`, SERVICE_CONNECT, {}, (hub, { params }) => {
    hub.feedback.abandon(params.lockToken);
    return noContent;
  }),
];
