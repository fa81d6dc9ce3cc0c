import { HubError } from '../../../../protocol/errors.ts';
import { keyOf } from '../../../../protocol/identity-key.ts';
import type { Json } from '../../../../protocol/json.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type Answer, noContent, ok } from '../../http/response.ts';
import { HINT_HEADER } from '../errors.ts';
import { DEVICE, type HubRoute, json, route, SERVICE_CONNECT } from '../route.ts';

const DEVICE_FILES = '/devices/:deviceId/files';
const MODULE_FILES = '/devices/:deviceId/modules/:moduleId/files';
const NOTIFICATIONS = '/messages/serviceBound/filenotifications';

const MISSING = 'there is no such blob in the storage account, so that no one is notified: upload it before';

/** A body whose length in characters was sent as its length in bytes is cut, as often as it has other characters than ASCII. */
const place = (bytes: Buffer): Json => {
  try {
    return json(bytes);
  } catch (error) {
    if (!(error instanceof HubError) || bytes.every((byte) => byte < 0x80)) throw error;
    throw new HubError(error.code, error.text, { hint: CUT });
  }
};

const CUT =
  'the body is not JSON: it has other characters than ASCII, and the SDK for Node cuts bodies with such names; use ASCII';

const begun = (
  hub: Hub,
  { params, headers }: { params: { deviceId: string; moduleId?: string }; headers: { host?: string | undefined } },
  body: Json,
): Answer => ok({ ...hub.files.begin(keyOf(params), body, hostIn(headers.host) ?? hub.hostName) });

const completed = async (
  hub: Hub,
  { params, body }: { params: { deviceId: string; moduleId?: string; correlationId?: string }; body: Json },
): Promise<Answer> => {
  const result = await hub.files.complete(keyOf(params), body, params.correlationId);
  return result === 'missing' ? { status: 204, headers: { [HINT_HEADER]: MISSING } } : noContent;
};

/** Under this name the device has reached the hub, and reaches the hub's own blobs. */
const hostIn = (host: string | undefined): string | undefined =>
  /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/i.exec(host ?? '')?.[0];

/**
 * Files that devices and modules upload, and what service apps hear of them.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload
 */
export const files: readonly HubRoute[] = [
  route('POST', DEVICE_FILES, DEVICE, { body: place }, (hub, call) => begun(hub, call, call.body)),
  route('POST', MODULE_FILES, DEVICE, { body: place }, (hub, call) => begun(hub, call, call.body)),
  // of old api-versions
  route('GET', `${DEVICE_FILES}/:blobName`, DEVICE, {}, (hub, call) =>
    begun(hub, call, { blobName: call.params.blobName }),
  ),
  route('POST', `${DEVICE_FILES}/notifications`, DEVICE, { body: json }, completed),
  // the SDK for Node
  route('POST', `${DEVICE_FILES}/notifications/:correlationId`, DEVICE, { body: json }, completed),
  route('POST', `${MODULE_FILES}/notifications`, DEVICE, { body: json }, completed),
  route('POST', `${MODULE_FILES}/notifications/:correlationId`, DEVICE, { body: json }, completed),
  route('GET', NOTIFICATIONS, SERVICE_CONNECT, {}, (hub) => {
    const notification = hub.files.notifications.receive();
    return notification === undefined
      ? noContent
      : ok({ ...notification.item }, { etag: `"${notification.lock.token}"` });
  }),
  route('DELETE', `${NOTIFICATIONS}/:lockToken`, SERVICE_CONNECT, {}, (hub, { params }) => {
    hub.files.notifications.complete(params.lockToken);
    return noContent;
  }),
  route('POST', `${NOTIFICATIONS}/:lockToken/abandon`, SERVICE_CONNECT, {}, (hub, { params }) => {
    hub.files.notifications.abandon(params.lockToken);
    return noContent;
  }),
];
