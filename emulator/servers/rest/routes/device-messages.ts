import { headersOfMessage, messageFromHeaders } from '../../../../protocol/message-headers.ts';
import type { Delivery } from '../../../hub/messaging/cloud-to-device.ts';
import { namedHeaders } from '../../http/headers.ts';
import { type Answer, noContent } from '../../http/response.ts';
import { BATCH_TYPE, readBatch } from '../message-batch.ts';
import { DEVICE, type HubRoute, route } from '../route.ts';

const EVENTS = '/devices/:deviceId/messages/events';
const INBOX = '/devices/:deviceId/messages/deviceBound';

const raw = (bytes: Buffer): Buffer => bytes;

const isBatch = (contentType: string | undefined): boolean =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === BATCH_TYPE;

const lockSeconds = (header: string | readonly string[] | undefined): number | undefined =>
  header === undefined ? undefined : Number.parseInt(String(header), 10);

const delivered = ({ item, lock, number, deliveryCount }: Delivery): Answer => ({
  status: 200,
  headers: {
    etag: `"${lock.token}"`,
    'iothub-sequencenumber': String(number),
    'iothub-enqueuedtime': item.system.enqueuedTime ?? '',
    'iothub-deliverycount': String(deliveryCount),
    ...headersOfMessage(item),
  },
  body: { type: 'application/octet-stream', content: item.body },
});

/**
 * Messages from and to a device that uses HTTPS. Modules have no such operations.
 * https://learn.microsoft.com/rest/api/iothub/device
 */
export const deviceMessages: readonly HubRoute[] = [
  route('POST', EVENTS, DEVICE, { body: raw }, (hub, { headers, rawHeaders, body, params }) => {
    const messages = isBatch(headers['content-type'])
      ? readBatch(body)
      : [messageFromHeaders(namedHeaders(rawHeaders), body)];
    hub.telemetry.receiveBatch(params.deviceId, messages);
    return noContent;
  }),
  route('GET', INBOX, DEVICE, {}, (hub, { params, headers }) => {
    const delivery = hub.inbox.receive(params.deviceId, lockSeconds(headers['iothub-messagelocktimeout']));
    return delivery === undefined ? noContent : delivered(delivery);
  }),
  // https://learn.microsoft.com/rest/api/iothub/device/complete-device-bound-notification: `reject` counts without a value
  route('DELETE', `${INBOX}/:lockToken`, DEVICE, { query: (query) => query.has('reject') }, (hub, call) => {
    const { deviceId, lockToken } = call.params;
    if (call.query) hub.inbox.reject(deviceId, lockToken);
    else hub.inbox.complete(deviceId, lockToken);
    return noContent;
  }),
  route('POST', `${INBOX}/:lockToken/abandon`, DEVICE, {}, (hub, { params }) => {
    hub.inbox.abandon(params.deviceId, params.lockToken);
    return noContent;
  }),
];
