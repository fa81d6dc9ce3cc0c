import type { FileList } from '../../../../protocol/admin/operations-of-files.ts';
import { HubError } from '../../../../protocol/errors.ts';
import { nameOf } from '../../../../protocol/identity-key.ts';
import { sizeOf } from '../../../hub/files/blob.ts';
import type { Hub } from '../../../hub/hub.ts';
import { timestamp } from '../../../kernel/clock.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** Files that devices upload. */
export const files = (hub: Hub): readonly AdminRoute[] => [
  adminRoute('GET /files/:deviceId', ({ params: { deviceId } }) => filesOf(hub, deviceId)),
  adminRoute('GET /files/:deviceId/content', ({ params: { deviceId }, query: { name } }) => {
    const blob = name.startsWith(`${deviceId}/`) ? hub.blobs.find(name) : undefined;
    if (blob === undefined) throw new HubError('GenericNotFound', `The hub keeps no file ${name}`);
    return new Reply({
      status: 200,
      // a page of a device's making must not run under this origin
      headers: { 'content-disposition': 'attachment' },
      body: { type: 'application/octet-stream', content: Buffer.concat(blob.content) },
    });
  }),
];

/** Oldest first; what is only on its way comes last. */
const filesOf = (hub: Hub, deviceId: string): FileList => {
  const found = new Map<string, FileList[number]>();
  const waiting = new Map(
    Array.from(hub.files.notifications.all(), ({ item }) => [item.blobName, item] as const).filter(
      ([, item]) => item.deviceId === deviceId,
    ),
  );
  for (const { key: blobName, value } of hub.blobs.entries())
    if (blobName.startsWith(`${deviceId}/`))
      found.set(blobName, {
        ...{ blobName, state: 'uploaded', size: sizeOf(value.content), isKept: true },
        ...{ lastUpdatedTime: timestamp(value.modifiedAt), notification: waiting.has(blobName) ? 'waiting' : 'none' },
      });
  for (const [blobName, { blobSizeInBytes: size, lastUpdatedTime }] of waiting)
    if (!found.has(blobName))
      found.set(blobName, {
        blobName,
        state: 'uploaded',
        size,
        lastUpdatedTime,
        notification: 'waiting',
        isKept: false,
      });
  for (const { key, blobName } of hub.files.list())
    if (nameOf(key).deviceId === deviceId)
      found.set(blobName, { ...(found.get(blobName) ?? nothing(blobName)), state: 'uploading' });
  return [...found.values()];
};

const nothing = (blobName: string) =>
  ({ blobName, size: null, lastUpdatedTime: null, notification: 'none', isKept: false }) as const;
