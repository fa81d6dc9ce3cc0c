import fc from 'fast-check';
import { device, type Step } from './steps.ts';

const settle = fc.constantFrom('complete', 'reject', 'abandon', 'release' as const);
const blob = fc.constantFrom('a/x', 'b/x', 'elsewhere');
const bytes = Uint8Array.of(1, 2, 3);

/** What devices do that upload files, and service apps that hear of them. */
export const uploading: fc.Arbitrary<Step> = fc.oneof(
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.files.begin(key, { blobName: 'x' }, 'localhost'),
  ),
  fc.boolean().map(
    (isSuccess): Step =>
      ({ hub }) => {
        const [upload] = hub.files.list();
        return upload && hub.files.complete(upload.key, { isSuccess }, upload.correlationId);
      },
  ),
  fc.tuple(device, settle).map(
    ([key, how]): Step =>
      async ({ hub }) => {
        const { correlationId, blobName } = hub.files.begin(key, { blobName: 'y' }, 'localhost');
        hub.blobs.put(blobName, bytes, {});
        await hub.files.complete(key, { isSuccess: true }, correlationId);
        hub.files.notifications[how](hub.files.notifications.receive()?.lock.token ?? '');
      },
  ),
  blob.map(
    (name): Step =>
      ({ hub }) =>
        hub.blobs.putBlock(name, 'MDAx', bytes),
  ),
  blob.map(
    (name): Step =>
      ({ hub }) =>
        hub.blobs.putBlockList(name, [{ kind: 'Latest', id: 'MDAx' }], { 'content-type': 'text/plain' }),
  ),
  blob.map(
    (name): Step =>
      ({ hub }) =>
        hub.blobs.delete(name),
  ),
  fc.constant<Step>(({ clock }) => clock.advance(3_600_000)),
);
