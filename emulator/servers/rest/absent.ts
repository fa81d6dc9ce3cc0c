import type { Row } from '../http/table.ts';

/** An operation of the service that this hub does not have. */
export interface Absent extends Row {
  readonly name: string;
}

const absent = (method: string, path: string, name: string): Absent => ({ method, path, name });

const MESSAGES = '/devices/:deviceId/messages';
const MODULE = '/devices/:deviceId/modules/:moduleId';
const FEEDBACK = '/messages/serviceBound/feedback';
const FILES = '/messages/serviceBound/filenotifications';

/**
 * Known by name, so that the log can say what was asked for.
 * https://learn.microsoft.com/rest/api/iothub/device and https://learn.microsoft.com/rest/api/iothub/service
 */
export const ABSENT: readonly Absent[] = [
  absent('POST', `${MESSAGES}/events`, 'Send Device Event'),
  absent('GET', `${MESSAGES}/deviceBound`, 'Receive Device Bound Notification'),
  absent('DELETE', `${MESSAGES}/deviceBound/:lockToken`, 'Complete Device Bound Notification'),
  absent('POST', `${MESSAGES}/deviceBound/:lockToken/abandon`, 'Abandon Device Bound Notification'),
  absent('POST', '/devices/:deviceId/files', 'Create File Upload Sas Uri'),
  absent('GET', '/devices/:deviceId/files/:blobName', 'Create File Upload Sas Uri'),
  absent('POST', '/devices/:deviceId/files/notifications', 'Update File Upload Status'),
  absent('POST', '/devices/:deviceId/files/notifications/:correlationId', 'Update File Upload Status'),
  absent('POST', `${MODULE}/files`, 'Create File Upload Sas Uri'),
  absent('POST', `${MODULE}/files/notifications`, 'Update File Upload Status'),
  absent('POST', '/messages/deviceBound', 'Send Cloud To Device Message'),
  absent('GET', FEEDBACK, 'Receive Feedback Notification'),
  absent('DELETE', `${FEEDBACK}/:lockToken`, 'Complete Feedback Notification'),
  absent('POST', `${FEEDBACK}/:lockToken/abandon`, 'Abandon Feedback Notification'),
  absent('GET', FILES, 'Receive File Upload Notification'),
  absent('DELETE', `${FILES}/:lockToken`, 'Complete File Upload Notification'),
  absent('POST', `${FILES}/:lockToken/abandon`, 'Abandon File Upload Notification'),
  absent('POST', '/twins/:deviceId/streams/:streamName', 'Initiate Device Stream'),
  absent('POST', '/twins/:deviceId/modules/:moduleId/streams/:streamName', 'Initiate Device Stream'),
  absent('GET', `${MODULE}/devicesAndModulesInDeviceScope`, 'Get Devices And Modules In Device Scope'),
  absent('GET', `${MODULE}/deviceAndModuleInDeviceScope`, 'Get Device And Module In Device Scope'),
  absent('POST', `${MODULE}/devicesAndModulesInTargetDeviceScope`, 'Get Devices And Modules In Target Device Scope'),
  absent('POST', `${MODULE}/getDeviceAndModuleOnBehalfOf`, 'Get Device And Module On Behalf Of'),
  absent('POST', `${MODULE}/putModuleOnBehalfOf`, 'Put Module On Behalf Of'),
  absent('POST', `${MODULE}/getModuleOnBehalfOf`, 'Get Module On Behalf Of'),
  absent('POST', `${MODULE}/getModulesOnTargetDevice`, 'Get Modules On Target Device'),
  absent('POST', `${MODULE}/deleteModuleOnBehalfOf`, 'Delete Module On Behalf Of'),
];
