import type { ThrottleName } from './throttles.ts';

/** How an operation of a client counts. */
export interface Metering {
  /** Undefined: a part of messaging or of an upload that is not throttled. */
  readonly throttle?: ThrottleName;
  /** What its size is: the body of the request or of the answer. `room`: the hub counts it where it happens. */
  readonly counted: 'request' | 'answer' | 'room';
  /** Without a throttle, which would say so: basic tiers have it, too. */
  readonly inBasic?: true;
}

const registry: Metering = { throttle: 'registry', counted: 'request' };
const query: Metering = { throttle: 'queries', counted: 'answer' };
const twinRead: Metering = { throttle: 'twinReads', counted: 'answer' };
const twinUpdate: Metering = { throttle: 'twinUpdates', counted: 'request' };
const method: Metering = { throttle: 'methods', counted: 'room' };
const telemetry: Metering = { throttle: 'deviceToCloud', counted: 'room' };
const message: Metering = { throttle: 'cloudToDevice', counted: 'room' };
const receive: Metering = { throttle: 'httpReceives', counted: 'request' };
const upload: Metering = { throttle: 'fileUploads', counted: 'request' };
/** Charged with the request that began the upload. */
const uploaded: Metering = { counted: 'room', inBasic: true };
const notice: Metering = { counted: 'request', inBasic: true };
const settling: Metering = { counted: 'request' };
const job: Metering = { throttle: 'jobs', counted: 'request' };
const configuration: Metering = { throttle: 'configurations', counted: 'request' };

/**
 * Every operation that counts: those of devices by the name that faults have for them, requests by method and path.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing#charges-per-operation
 */
export const METERING: Readonly<Record<string, Metering>> = {
  connect: { throttle: 'connections', counted: 'room' },
  telemetry,
  'twin.get': twinRead,
  'twin.report': twinUpdate,
  /** Of a service app, over AMQP. */
  'c2d.send': message,

  'GET /statistics/devices': registry,
  'GET /statistics/service': registry,
  'GET /devices': registry,
  'POST /devices': registry,
  'POST /devices/keys/regenerate': registry,
  'GET /devices/:deviceId': registry,
  'PUT /devices/:deviceId': registry,
  'DELETE /devices/:deviceId': registry,
  'GET /devices/:deviceId/modules': registry,
  'GET /devices/:deviceId/modules/:moduleId': registry,
  'PUT /devices/:deviceId/modules/:moduleId': registry,
  'DELETE /devices/:deviceId/modules/:moduleId': registry,
  'GET /jobs': registry,
  'POST /jobs/create': registry,
  'GET /jobs/:jobId': registry,
  'DELETE /jobs/:jobId': registry,

  'POST /devices/query': query,

  'GET /twins/:deviceId': twinRead,
  'PATCH /twins/:deviceId': twinUpdate,
  'PUT /twins/:deviceId': twinUpdate,
  'PUT /twins/:deviceId/tags': twinUpdate,
  'PUT /twins/:deviceId/properties/desired': twinUpdate,
  'GET /twins/:deviceId/modules/:moduleId': twinRead,
  'PATCH /twins/:deviceId/modules/:moduleId': twinUpdate,
  'PUT /twins/:deviceId/modules/:moduleId': twinUpdate,
  'GET /digitaltwins/:deviceId': twinRead,
  'PATCH /digitaltwins/:deviceId': twinUpdate,

  'POST /twins/:deviceId/methods': method,
  'POST /twins/:deviceId/modules/:moduleId/methods': method,
  'POST /digitaltwins/:deviceId/commands/:name': method,
  'POST /digitaltwins/:deviceId/components/:component/commands/:name': method,

  'POST /devices/:deviceId/messages/events': telemetry,
  'POST /messages/deviceBound': message,
  'POST /devices/:deviceId/messages/deviceBound': message,
  'GET /devices/:deviceId/messages/deviceBound': receive,
  'DELETE /devices/:deviceId/messages/deviceBound/:lockToken': settling,
  'POST /devices/:deviceId/messages/deviceBound/:lockToken/abandon': settling,
  'DELETE /devices/:deviceId/commands': settling,
  'GET /messages/serviceBound/feedback': settling,
  'DELETE /messages/serviceBound/feedback/:lockToken': settling,
  'POST /messages/serviceBound/feedback/:lockToken/abandon': settling,

  'POST /devices/:deviceId/files': upload,
  'POST /devices/:deviceId/modules/:moduleId/files': upload,
  'GET /devices/:deviceId/files/:blobName': upload,
  'POST /devices/:deviceId/files/notifications': uploaded,
  'POST /devices/:deviceId/files/notifications/:correlationId': uploaded,
  'POST /devices/:deviceId/modules/:moduleId/files/notifications': uploaded,
  'POST /devices/:deviceId/modules/:moduleId/files/notifications/:correlationId': uploaded,
  'GET /messages/serviceBound/filenotifications': notice,
  'DELETE /messages/serviceBound/filenotifications/:lockToken': notice,
  'POST /messages/serviceBound/filenotifications/:lockToken/abandon': notice,

  'GET /jobs/v2/query': job,
  'PUT /jobs/v2/:jobId': job,
  'GET /jobs/v2/:jobId': job,
  'POST /jobs/v2/:jobId/cancel': job,

  'GET /configurations': configuration,
  'POST /configurations/testQueries': configuration,
  'GET /configurations/:id': configuration,
  'PUT /configurations/:id': configuration,
  'DELETE /configurations/:id': configuration,
  'POST /devices/:deviceId/applyConfigurationContent': configuration,
};
