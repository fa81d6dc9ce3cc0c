// The names of azure-iothub 1.16, and of azure-iot-common 1.13 where they go with it.
export type { ResultWithIncomingMessage } from '../shared/callback.ts';
export * from '../shared/common.ts';
export { versionQueryString } from '../shared/endpoint.ts';
export { Client } from './client.ts';
export type * from './configuration.ts';
export * as ConnectionString from './connection-string.ts';
export { Device, type DeviceIdentity } from './device.ts';
export type { DeviceMethodParams, DeviceMethodResult } from './device-method.ts';
export { DigitalTwinClient, IoTHubTokenCredentials } from './digital-twin-client.ts';
export type { ServiceOptions, TokenCredential } from './hub-access.ts';
export { JobClient, type JobStatus, type JobStatusResponse, type JobType } from './job-client.ts';
export type { Module } from './module.ts';
export { Query } from './query.ts';
export { Registry } from './registry.ts';
export * as SharedAccessSignature from './shared-access-signature.ts';
export { Twin, type TwinData } from './twin.ts';
