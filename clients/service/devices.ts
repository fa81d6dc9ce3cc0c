import { LIMITS } from '../../protocol/limits.ts';
import { devicePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { RestApi } from '../shared/rest-api.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import { withAuthentication } from './authentication.ts';
import { Device } from './device.ts';
import { quoted } from './etag.ts';
import type { Row } from './row.ts';

/** The members of a device to write; the hub keeps or sets all others. */
export interface DeviceDescription {
  deviceId: string;
  capabilities?: Device.Capabilities;
  // The hub accepts more members than are known here.
  // biome-ignore lint/suspicious/noExplicitAny: azure-iothub's own type
  [name: string]: any;
}

/** The result of a bulk operation: it succeeded for all devices, or these failed. */
export interface BulkRegistryOperationResult {
  isSuccessful: boolean;
  errors: { deviceId: string; errorCode: Error; errorStatus: string }[];
}

export interface Statistics {
  totalDeviceCount: number;
  enabledDeviceCount: number;
  disabledDeviceCount: number;
}

/** The devices of the identity registry. Operations throw at once for invalid arguments, as azure-iothub does. */
export const devicesOf = (rest: RestApi) => ({
  create: (deviceInfo: DeviceDescription) => put(rest, deviceInfo, {}),
  update: (deviceInfo: DeviceDescription) => put(rest, deviceInfo, ANY_ETAG),
  get: (deviceId: string) => rest.call<object>({ method: 'GET', path: pathOf(deviceId) }).then(asDevice),
  list: () => rest.call<object[]>({ method: 'GET', path: `${devicePath('')}${versionQueryString()}` }).then(asDevices),
  delete: (deviceId: string) => rest.call<Row>({ method: 'DELETE', path: pathOf(deviceId), headers: ANY_ETAG }),
  addAll: (devices: DeviceDescription[]) => bulk(rest, devices, 'create'),
  updateAll: (devices: DeviceDescription[], forceUpdate: boolean) =>
    bulk(rest, devices, isForced(forceUpdate) ? 'Update' : 'UpdateIfMatchETag'),
  removeAll: (devices: DeviceDescription[], forceRemove: boolean) =>
    bulk(rest, devices, isForced(forceRemove) ? 'Delete' : 'DeleteIfMatchETag'),
  statistics: () => rest.call<Statistics>({ method: 'GET', path: `/statistics/devices${versionQueryString()}` }),
});

const ANY_ETAG = { 'If-Match': quoted('*') };

const put = (rest: RestApi, deviceInfo: DeviceDescription, headers: Readonly<Record<string, string>>) => {
  if (!deviceInfo) throw new ReferenceError(`deviceInfo cannot be '${deviceInfo}'`);
  if (!deviceInfo.deviceId) throw new ArgumentError("The object 'deviceInfo' is missing the property: deviceId");
  const request = { method: 'PUT', path: pathOf(deviceInfo.deviceId), headers } as const;
  return rest.call<object>({ ...request, body: withAuthentication(deviceInfo) }).then(asDevice);
};

const bulk = (rest: RestApi, devices: DeviceDescription[], importMode: string) => {
  if (!devices) throw new ReferenceError(`devices cannot be '${devices}'`);
  if (!Array.isArray(devices)) throw new ArgumentError('devices must be an array');
  if (devices.length === 0 || devices.length > LIMITS.azure.bulkMax)
    throw new ArgumentError(`The device array has an invalid size of ${devices.length}`);
  const body = devices.map((device) => {
    if (!device.deviceId) throw new ArgumentError('The object is missing the property: deviceId');
    const { deviceId, ...others } = device;
    return withAuthentication({ ...others, id: deviceId, importMode });
  });
  return rest.call<BulkRegistryOperationResult>({ method: 'POST', path: `/devices${versionQueryString()}`, body });
};

const isForced = (force: boolean): boolean => {
  if (typeof force !== 'boolean') throw new ReferenceError('force parameter must be present and a boolean');
  return force;
};

const asDevice = ({ responseBody, httpResponse }: ResultWithHttpResponse<object>) => ({
  responseBody: new Device(responseBody),
  httpResponse,
});

const asDevices = ({ responseBody, httpResponse }: ResultWithHttpResponse<object[]>) => ({
  responseBody: (responseBody || []).map((device) => new Device(device)),
  httpResponse,
});

const pathOf = (deviceId: string): string => {
  if (!deviceId) throw new ReferenceError(`deviceId is '${deviceId}'`);
  return `${devicePath(encodeURIComponent(deviceId))}${versionQueryString()}`;
};
