import type { NoticeSettings } from '../messaging/notices.ts';

/**
 * Tells service apps of an uploaded file, as the service writes it.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload#service-file-upload-notifications
 */
export interface FileNotification {
  readonly deviceId: string;
  readonly blobUri: string;
  readonly blobName: string;
  /** Such as `2016-06-01T21:22:41+00:00`. */
  readonly lastUpdatedTime: string;
  readonly blobSizeInBytes: number;
  readonly enqueuedTimeUtc: string;
}

/** The defaults of the service. https://learn.microsoft.com/azure/iot-hub/iot-hub-configure-file-upload */
export const FILE_NOTIFICATIONS: NoticeSettings = { maxDeliveryCount: 10, ttlMs: 3_600_000, lockMs: 60_000 };
