/** https://learn.microsoft.com/rest/api/iothub/ */
export const apiVersion = '2021-04-12';
export const versionQueryString = (): string => `?api-version=${apiVersion}`;

export const devicePath = (deviceId: string): string => `/devices/${deviceId}`;
export const deviceEventPath = (deviceId: string): string => `${devicePath(deviceId)}/messages/events`;
export const deviceMessagePath = (deviceId: string): string => `${devicePath(deviceId)}/messages/devicebound`;
export const deviceMethodPath = (deviceId: string): string => `${devicePath(deviceId)}/methods/devicebound`;
export const deviceTwinPath = (deviceId: string): string => `${devicePath(deviceId)}/twin`;
export const deviceFeedbackPath = (deviceId: string, lockToken: string): string =>
  `${deviceMessagePath(deviceId)}/${lockToken}`;
export const deviceBlobUploadPath = (deviceId: string): string => `${devicePath(deviceId)}/files`;
export const deviceBlobUploadNotificationPath = (deviceId: string, correlationId: string): string =>
  `${devicePath(deviceId)}/files/notifications/${encodeURIComponent(correlationId)}`;

export const modulePath = (deviceId: string, moduleId: string): string => `/devices/${deviceId}/modules/${moduleId}`;
export const moduleEventPath = (deviceId: string, moduleId: string): string =>
  `${modulePath(deviceId, moduleId)}/messages/events`;
export const moduleMessagePath = (deviceId: string, moduleId: string): string => moduleEventPath(deviceId, moduleId);
export const moduleMethodPath = (deviceId: string, moduleId: string): string =>
  `${modulePath(deviceId, moduleId)}/methods/devicebound`;
export const moduleTwinPath = (deviceId: string, moduleId: string): string => `${modulePath(deviceId, moduleId)}/twin`;
export const moduleInputMessagePath = (deviceId: string, moduleId: string): string =>
  `${modulePath(deviceId, moduleId)}/inputs`;
