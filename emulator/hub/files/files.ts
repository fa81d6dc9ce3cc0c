import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { keySpace, plainJson } from '../../kernel/change-feed.ts';
import { type Clock, timestamp } from '../../kernel/clock.ts';
import type { Scheduler } from '../../kernel/scheduler.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { HubBus } from '../events.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Ids } from '../ids.ts';
import { Notices } from '../messaging/notices.ts';
import type { Resumption } from '../resumption.ts';
import type { Usage } from '../tiers/usage.ts';
import type { Blobs } from './blobs.ts';
import { FILE_NOTIFICATIONS, type FileNotification } from './file-notification.ts';
import type { BlobProperties, FileStorage } from './file-storage.ts';
import {
  beginningOf,
  blobNameOf,
  correlationIdOf,
  type FileOutcome,
  type FilePlace,
  type FileUpload,
  readName,
  readOutcome,
  UPLOAD_MS,
} from './file-upload.ts';

interface FilesParts {
  readonly fleet: Fleet;
  readonly blobs: Blobs;
  readonly scheduler: Scheduler;
  readonly events: HubBus;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly storage: FileStorage;
  readonly usage: Usage;
}

const TIMER = 'file-upload';

/**
 * Room: files that devices upload. A device asks for a place, uploads by itself, and says how that ended; then service apps
 * get a notification. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload
 */
export class Files {
  readonly #parts: FilesParts;
  readonly #uploads = new StateMap<FileUpload>();
  /** Correlation ids by device, derived from the rows. */
  readonly #active = new Map<string, Set<string>>();
  /** For service apps. */
  readonly notifications: Notices<FileNotification>;

  constructor(parts: FilesParts) {
    this.#parts = parts;
    this.notifications = new Notices('file-notifications', {
      ...parts,
      codec: plainJson<FileNotification>(),
      settings: FILE_NOTIFICATIONS,
      tell: (event, { number, deliveryCount, item }) =>
        parts.events.publish({
          type: `file-notification.${event}`,
          sequenceNumber: number,
          deliveryCount,
          notification: item,
        }),
    });
    parts.scheduler.on(TIMER, (correlationId) => this.#expire(correlationId));
    parts.fleet.listen((before, after) => {
      if (before !== undefined && after === undefined) this.#forget(before.key);
    });
  }

  get spaces() {
    return [keySpace('file-uploads', this.#uploads), ...this.notifications.spaces];
  }

  /** Uploads that have not ended, oldest first. */
  list(): FileUpload[] {
    return [...this.#uploads.values()];
  }

  /**
   * A place for the file that `body` names. `host`: under which name the device has reached the hub.
   * Throws ArgumentInvalid, DeviceMaximumActiveFileUploadLimitExceeded, DefaultStorageEndpointNotConfigured.
   */
  begin(key: IdentityKey, body: Json, host: string): FilePlace {
    const { clock, storage } = this.#parts;
    this.#parts.fleet.get(key);
    const { deviceId } = nameOf(key);
    const name = readName(body);
    const blobName = blobNameOf(deviceId, name);
    this.#demandCapacity(deviceId);
    const place = storage.place({ name: blobName, host, now: clock.now(), lifeMs: UPLOAD_MS });
    const { hostName, containerName } = place;
    const correlationId = this.open(key, name, uriOf(hostName, containerName, blobName));
    return { correlationId, blobName, ...place };
  }

  /** An upload to a place that was found. Gives its correlation id. */
  open(key: IdentityKey, name: string | undefined, blobUri: string): string {
    const { clock, ids, events, scheduler } = this.#parts;
    const { deviceId } = nameOf(key);
    const blobName = blobNameOf(deviceId, name);
    const now = clock.now();
    const correlationId = correlationIdOf({ now, uuid: ids.uuid(), name: name ?? '' });
    const expiresAt = now + UPLOAD_MS;
    this.#uploads.set(correlationId, { correlationId, key, blobName, blobUri, expiresAt });
    this.#count(deviceId, correlationId);
    scheduler.put({ at: expiresAt, kind: TIMER, key: correlationId });
    events.publish({ type: 'file.requested', key, correlationId, blobName });
    return correlationId;
  }

  /**
   * The device says how its upload ended; `id`, if the request has it in its path. Tells true if service apps are notified.
   * Rejects with ArgumentInvalid, InvalidFileUploadCorrelationId, ExpiredFileUploadCorrelationId,
   * InvalidFileUploadCompletionStatus, InvalidStorageEndpoint.
   */
  async complete(key: IdentityKey, body: Json, id?: string): Promise<'notified' | 'failed' | 'missing'> {
    const { correlationId = '', ...outcome } = readOutcome(body);
    const upload = this.#get(key, id ?? correlationId);
    this.#parts.usage.charge('fileUploads', JSON.stringify(body).length);
    if (!outcome.isSuccess) {
      this.fail(upload, outcome);
      return 'failed';
    }
    const blob = await this.#find(upload.blobName);
    return this.settle(key, upload.correlationId, blob);
  }

  /** The device could not upload it. */
  fail(upload: FileUpload, outcome: Omit<FileOutcome, 'correlationId'>): void {
    this.#end(upload);
    this.#parts.events.publish({ type: 'file.failed', ...aboutUpload(upload), ...outcome });
  }

  /** The device has uploaded it: `blob` is what was found. Throws as `complete`: another request may have ended it. */
  settle(key: IdentityKey, correlationId: string, blob: BlobProperties | undefined): 'notified' | 'missing' {
    const upload = this.#get(key, correlationId);
    this.#end(upload);
    if (blob === undefined) {
      this.#parts.events.publish({ type: 'file.missing', ...aboutUpload(upload) });
      return 'missing';
    }
    this.#notify(upload, blob);
    return 'notified';
  }

  /** After rows were loaded or restored. */
  resume(how?: Resumption): void {
    this.#active.clear();
    for (const { key, correlationId } of this.#uploads.values()) this.#count(nameOf(key).deviceId, correlationId);
    this.notifications.resume(how);
  }

  /** Ends every upload, and removes notifications and blobs. */
  clear(): void {
    for (const upload of this.list()) this.#end(upload);
    this.#parts.blobs.clear();
    this.notifications.load([]);
  }

  #find(blobName: string): Promise<BlobProperties | undefined> {
    const { storage, blobs } = this.#parts;
    return storage.find?.(blobName) ?? Promise.resolve(blobs.properties(blobName));
  }

  #notify(upload: FileUpload, { size, modifiedAt }: BlobProperties): void {
    const notification: FileNotification = {
      deviceId: nameOf(upload.key).deviceId,
      blobUri: upload.blobUri,
      blobName: upload.blobName,
      lastUpdatedTime: `${new Date(modifiedAt).toISOString().slice(0, 19)}+00:00`,
      blobSizeInBytes: size,
      enqueuedTimeUtc: timestamp(this.#parts.clock.now()),
    };
    this.#parts.events.publish({ type: 'file.uploaded', ...aboutUpload(upload), blobSizeInBytes: size });
    this.notifications.add(notification);
  }

  #get(key: IdentityKey, correlationId: string): FileUpload {
    const upload = this.#uploads.get(correlationId);
    if (upload?.key === key && upload.expiresAt > this.#parts.clock.now()) return upload;
    const began = beginningOf(correlationId);
    if (began !== undefined && began + UPLOAD_MS <= this.#parts.clock.now())
      throw new HubError('ExpiredFileUploadCorrelationId', 'The correlation id has expired.');
    throw new HubError('InvalidFileUploadCorrelationId', 'The correlation id is not valid.');
  }

  #demandCapacity(deviceId: string): void {
    const most = this.#parts.limits.activeFileUploads;
    if ((this.#active.get(deviceId)?.size ?? 0) >= most)
      throw new HubError(
        'DeviceMaximumActiveFileUploadLimitExceeded',
        `Number of active file upload requests cannot exceed ${most}`,
      );
  }

  #count(deviceId: string, correlationId: string): void {
    this.#active.set(deviceId, (this.#active.get(deviceId) ?? new Set<string>()).add(correlationId));
  }

  #end({ key, correlationId, blobName }: FileUpload): void {
    this.#uploads.delete(correlationId);
    const { deviceId } = nameOf(key);
    const active = this.#active.get(deviceId);
    active?.delete(correlationId);
    if (active?.size === 0) this.#active.delete(deviceId);
    this.#parts.scheduler.remove(TIMER, correlationId);
    this.#parts.blobs.dropBlocks(blobName);
  }

  #expire(correlationId: string): void {
    const upload = this.#uploads.get(correlationId);
    if (upload === undefined) return;
    this.#end(upload);
    this.#parts.events.publish({ type: 'file.expired', ...aboutUpload(upload) });
  }

  #forget(identity: IdentityKey): void {
    for (const correlationId of [...(this.#active.get(nameOf(identity).deviceId) ?? [])]) {
      const upload = this.#uploads.get(correlationId);
      if (upload?.key === identity) this.#end(upload);
    }
  }
}

const aboutUpload = ({ key, correlationId, blobName }: FileUpload) => ({ key, correlationId, blobName });

const uriOf = (hostName: string, containerName: string, blobName: string): string =>
  `https://${hostName}/${containerName}/${blobName.split('/').map(encodeURIComponent).join('/')}`;
