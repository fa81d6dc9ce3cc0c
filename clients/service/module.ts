import type { Device } from './device.ts';

/** A module of a device in the identity registry. */
export interface Module {
  moduleId: string;
  deviceId: string;
  generationId?: string;
  etag?: string;
  connectionState?: Device.ConnectionState;
  connectionStateUpdatedTime?: string;
  lastActivityTime?: string;
  cloudToDeviceMessageCount?: string;
  authentication?: Device.Authentication;
  managedBy?: string;
}
