import { type HttpResponseCallback, settleHttp } from '../shared/callback.ts';
import { devicePath, versionQueryString } from '../shared/endpoint.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import { withAuthentication } from './authentication.ts';
import { Device } from './device.ts';
import { quoted } from './etag.ts';
import type { Row } from './query.ts';
import { RegistryModules } from './registry-modules.ts';

/** What is said about a device; the rest keeps or gets the hub's values. */
export interface DeviceDescription {
  deviceId: string;
  capabilities?: Device.Capabilities;
  // The hub takes more members than are known here.
  // biome-ignore lint/suspicious/noExplicitAny: azure-iothub's own type
  [name: string]: any;
}

/** The outcome of a bulk operation: all devices, or what failed. */
export interface BulkRegistryOperationResult {
  isSuccessful: boolean;
  errors: { deviceId: string; errorCode: Error; errorStatus: string }[];
}

type Bulk = BulkRegistryOperationResult;

/** The devices of the identity registry. */
export class RegistryDevices extends RegistryModules {
  create(deviceInfo: DeviceDescription, done: HttpResponseCallback<Device>): void;
  create(deviceInfo: DeviceDescription): Promise<ResultWithHttpResponse<Device>>;
  create(deviceInfo: DeviceDescription, done?: HttpResponseCallback<Device>) {
    return settleHttp(() => this.#put(deviceInfo, {}), done);
  }

  /** Overwrites the device, whatever its etag. */
  update(deviceInfo: DeviceDescription, done: HttpResponseCallback<Device>): void;
  update(deviceInfo: DeviceDescription): Promise<ResultWithHttpResponse<Device>>;
  update(deviceInfo: DeviceDescription, done?: HttpResponseCallback<Device>) {
    return settleHttp(() => this.#put(deviceInfo, { 'If-Match': quoted('*') }), done);
  }

  get(deviceId: string, done: HttpResponseCallback<Device>): void;
  get(deviceId: string): Promise<ResultWithHttpResponse<Device>>;
  get(deviceId: string, done?: HttpResponseCallback<Device>) {
    return settleHttp(() => this.rest.call<object>({ method: 'GET', path: pathOf(deviceId) }).then(asDevice), done);
  }

  /** Up to 1,000 devices. */
  list(done: HttpResponseCallback<Device[]>): void;
  list(): Promise<ResultWithHttpResponse<Device[]>>;
  list(done?: HttpResponseCallback<Device[]>) {
    return settleHttp(async () => {
      const path = `${devicePath('')}${versionQueryString()}`;
      const { responseBody, httpResponse } = await this.rest.call<object[]>({ method: 'GET', path });
      return { responseBody: (responseBody || []).map((device) => new Device(device)), httpResponse };
    }, done);
  }

  /** Removes the device, whatever its etag. */
  delete(deviceId: string, done: HttpResponseCallback<Row>): void;
  delete(deviceId: string): Promise<ResultWithHttpResponse<Row>>;
  delete(deviceId: string, done?: HttpResponseCallback<Row>) {
    const headers = { 'If-Match': quoted('*') };
    return settleHttp(() => this.rest.call<Row>({ method: 'DELETE', path: pathOf(deviceId), headers }), done);
  }

  /** Up to 100 devices at once. */
  addDevices(devices: DeviceDescription[], done: HttpResponseCallback<Bulk>): void;
  addDevices(devices: DeviceDescription[]): Promise<ResultWithHttpResponse<Bulk>>;
  addDevices(devices: DeviceDescription[], done?: HttpResponseCallback<Bulk>) {
    return settleHttp(() => this.#bulk(devices, 'create'), done);
  }

  /** Up to 100 devices at once; without `forceUpdate` each one's etag must be the current one. */
  updateDevices(devices: DeviceDescription[], forceUpdate: boolean, done: HttpResponseCallback<Bulk>): void;
  updateDevices(devices: DeviceDescription[], forceUpdate: boolean): Promise<ResultWithHttpResponse<Bulk>>;
  updateDevices(devices: DeviceDescription[], forceUpdate: boolean, done?: HttpResponseCallback<Bulk>) {
    return settleHttp(() => this.#bulk(devices, forced(forceUpdate) ? 'Update' : 'UpdateIfMatchETag'), done);
  }

  /** Up to 100 devices at once; without `forceRemove` each one's etag must be the current one. */
  removeDevices(devices: DeviceDescription[], forceRemove: boolean, done: HttpResponseCallback<Bulk>): void;
  removeDevices(devices: DeviceDescription[], forceRemove: boolean): Promise<ResultWithHttpResponse<Bulk>>;
  removeDevices(devices: DeviceDescription[], forceRemove: boolean, done?: HttpResponseCallback<Bulk>) {
    return settleHttp(() => this.#bulk(devices, forced(forceRemove) ? 'Delete' : 'DeleteIfMatchETag'), done);
  }

  #put(deviceInfo: DeviceDescription, headers: Readonly<Record<string, string>>) {
    if (!deviceInfo) throw new ReferenceError(`deviceInfo cannot be '${deviceInfo}'`);
    if (!deviceInfo.deviceId) throw new ArgumentError("The object 'deviceInfo' is missing the property: deviceId");
    const request = { method: 'PUT', path: pathOf(deviceInfo.deviceId), headers } as const;
    return this.rest.call<object>({ ...request, body: withAuthentication(deviceInfo) }).then(asDevice);
  }

  #bulk(devices: DeviceDescription[], importMode: string) {
    if (!devices) throw new ReferenceError(`devices cannot be '${devices}'`);
    if (!Array.isArray(devices)) throw new ArgumentError('devices must be an array');
    if (devices.length === 0 || devices.length > 100)
      throw new ArgumentError(`The device array has an invalid size of ${devices.length}`);
    const body = devices.map((device) => {
      if (!device.deviceId) throw new ArgumentError('The object is missing the property: deviceId');
      const { deviceId, ...rest } = device;
      return withAuthentication({ ...rest, id: deviceId, importMode });
    });
    return this.rest.call<Bulk>({ method: 'POST', path: `/devices${versionQueryString()}`, body });
  }
}

const forced = (force: boolean): boolean => {
  if (typeof force !== 'boolean') throw new ReferenceError('force parameter must be present and a boolean');
  return force;
};

const asDevice = ({ responseBody, httpResponse }: ResultWithHttpResponse<object>) => ({
  responseBody: new Device(responseBody),
  httpResponse,
});

const pathOf = (deviceId: string): string => {
  if (!deviceId) throw new ReferenceError(`deviceId is '${deviceId}'`);
  return `${devicePath(encodeURIComponent(deviceId))}${versionQueryString()}`;
};
