import {
  argumentsOf,
  type Callback,
  type HttpResponseCallback as Done,
  settle,
  settleHttp,
} from '../shared/callback.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { Configuration, ConfigurationContent } from './configuration.ts';
import type { Device } from './device.ts';
import type { BulkRegistryOperationResult as Bulk, DeviceDescription as Description, Statistics } from './devices.ts';
import * as access from './hub-access.ts';
import type { ImportExportJob as Job } from './import-export-jobs.ts';
import type { Module } from './module.ts';
import type { Query } from './query.ts';
import { type Operations, operationsOf } from './registry-operations.ts';
import type { Row } from './row.ts';
import type { Twin, TwinApi } from './twin.ts';
import { deviceTwinPath, moduleTwinPath } from './twins.ts';

type Answer<T> = Promise<ResultWithHttpResponse<T>>;

/** A hub's identities, twins and automatic configurations, over REST. Each operation calls back or returns a promise. */
export class Registry implements TwinApi {
  readonly #hub: Operations;

  constructor(config: access.TransportConfig, options?: access.ServiceOptions) {
    this.#hub = operationsOf(access.restOf(config, options), this);
  }

  /** Throws ReferenceError for an empty string, ArgumentError if a part is missing. */
  static fromConnectionString(value: string, options?: access.ServiceOptions): Registry {
    return new Registry(access.fromConnectionString(value), options);
  }
  static fromSharedAccessSignature(value: string, options?: access.ServiceOptions): Registry {
    return new Registry(access.fromSharedAccessSignature(value), options);
  }
  static fromTokenCredential(host: string, credential: access.TokenCredential, options?: access.ServiceOptions) {
    return new Registry(access.fromTokenCredential(host, credential), options);
  }

  create(deviceInfo: Description, done: Done<Device>): void;
  create(deviceInfo: Description): Answer<Device>;
  create(deviceInfo: Description, done?: Done<Device>) {
    return settleHttp(() => this.#hub.devices.create(deviceInfo), done);
  }
  /** Overwrites the device, whatever its etag. */
  update(deviceInfo: Description, done: Done<Device>): void;
  update(deviceInfo: Description): Answer<Device>;
  update(deviceInfo: Description, done?: Done<Device>) {
    return settleHttp(() => this.#hub.devices.update(deviceInfo), done);
  }
  get(deviceId: string, done: Done<Device>): void;
  get(deviceId: string): Answer<Device>;
  get(deviceId: string, done?: Done<Device>) {
    return settleHttp(() => this.#hub.devices.get(deviceId), done);
  }
  /** Up to 1,000 devices. */
  list(done: Done<Device[]>): void;
  list(): Answer<Device[]>;
  list(done?: Done<Device[]>) {
    return settleHttp(() => this.#hub.devices.list(), done);
  }
  /** Removes the device, whatever its etag. */
  delete(deviceId: string, done: Done<Row>): void;
  delete(deviceId: string): Answer<Row>;
  delete(deviceId: string, done?: Done<Row>) {
    return settleHttp(() => this.#hub.devices.delete(deviceId), done);
  }
  /** Up to 100 devices at once. */
  addDevices(devices: Description[], done: Done<Bulk>): void;
  addDevices(devices: Description[]): Answer<Bulk>;
  addDevices(devices: Description[], done?: Done<Bulk>) {
    return settleHttp(() => this.#hub.devices.addAll(devices), done);
  }
  /** Up to 100 devices at once; without `forceUpdate` each one's etag must be the current one. */
  updateDevices(devices: Description[], forceUpdate: boolean, done: Done<Bulk>): void;
  updateDevices(devices: Description[], forceUpdate: boolean): Answer<Bulk>;
  updateDevices(devices: Description[], forceUpdate: boolean, done?: Done<Bulk>) {
    return settleHttp(() => this.#hub.devices.updateAll(devices, forceUpdate), done);
  }
  /** Up to 100 devices at once; without `forceRemove` each one's etag must be the current one. */
  removeDevices(devices: Description[], forceRemove: boolean, done: Done<Bulk>): void;
  removeDevices(devices: Description[], forceRemove: boolean): Answer<Bulk>;
  removeDevices(devices: Description[], forceRemove: boolean, done?: Done<Bulk>) {
    return settleHttp(() => this.#hub.devices.removeAll(devices, forceRemove), done);
  }

  addModule(module: Module, done: Done<Row>): void;
  addModule(module: Module): Answer<Row>;
  addModule(module: Module, done?: Done<Row>) {
    return settleHttp(() => this.#hub.modules.add(module), done);
  }
  getModulesOnDevice(deviceId: string, done: Done<Module[]>): void;
  getModulesOnDevice(deviceId: string): Answer<Module[]>;
  getModulesOnDevice(deviceId: string, done?: Done<Module[]>) {
    return settleHttp(() => this.#hub.modules.onDevice(deviceId), done);
  }
  getModule(deviceId: string, moduleId: string, done: Done<Module>): void;
  getModule(deviceId: string, moduleId: string): Answer<Module>;
  getModule(deviceId: string, moduleId: string, done?: Done<Module>) {
    return settleHttp(() => this.#hub.modules.get(deviceId, moduleId), done);
  }
  /** Needs the module's etag, or `forceUpdate`; else throws ArgumentError. */
  updateModule(module: Module, done: Done<Row>): void;
  updateModule(module: Module, forceUpdate: boolean, done: Done<Row>): void;
  updateModule(module: Module, forceUpdate?: boolean): Answer<Row>;
  updateModule(module: Module, second?: boolean | Done<Row>, third?: Done<Row>) {
    const [force, done] = argumentsOf(second, third);
    return settleHttp(() => this.#hub.modules.update(module, force ?? false), done);
  }
  /** A module object is removed only if its etag is the current one; ids alone remove any version. */
  removeModule(module: Module, done: Done<Row>): void;
  removeModule(deviceId: string, moduleId: string, done: Done<Row>): void;
  removeModule(module: Module | string, moduleId?: string): Answer<Row>;
  removeModule(module: Module | string, second?: string | Done<Row>, third?: Done<Row>) {
    const [moduleId = '', done] = argumentsOf(second, third);
    const target = typeof module === 'object' && module !== null ? module : { deviceId: module, moduleId };
    return settleHttp(() => this.#hub.modules.remove(target), done);
  }

  addConfiguration(configuration: Configuration, done: Done<Row>): void;
  addConfiguration(configuration: Configuration): Answer<Row>;
  addConfiguration(configuration: Configuration, done?: Done<Row>) {
    return settleHttp(() => this.#hub.configurations.add(configuration), done);
  }
  getConfiguration(configurationId: string, done: Done<Configuration>): void;
  getConfiguration(configurationId: string): Answer<Configuration>;
  getConfiguration(configurationId: string, done?: Done<Configuration>) {
    return settleHttp(() => this.#hub.configurations.get(configurationId), done);
  }
  getConfigurations(done: Done<Configuration[]>): void;
  getConfigurations(): Answer<Configuration[]>;
  getConfigurations(done?: Done<Configuration[]>) {
    return settleHttp(() => this.#hub.configurations.all(), done);
  }
  /** Needs the configuration's etag, or `forceUpdate`; else throws ArgumentError. */
  updateConfiguration(configuration: Configuration, done: Done<Row>): void;
  updateConfiguration(configuration: Configuration, forceUpdate: boolean, done: Done<Row>): void;
  updateConfiguration(configuration: Configuration, forceUpdate?: boolean): Answer<Row>;
  updateConfiguration(configuration: Configuration, second?: boolean | Done<Row>, third?: Done<Row>) {
    const [force, done] = argumentsOf(second, third);
    return settleHttp(() => this.#hub.configurations.update(configuration, force ?? false), done);
  }
  removeConfiguration(configurationId: string, done: Done<Row>): void;
  removeConfiguration(configurationId: string): Answer<Row>;
  removeConfiguration(configurationId: string, done?: Done<Row>) {
    return settleHttp(() => this.#hub.configurations.remove(configurationId), done);
  }
  applyConfigurationContentOnDevice(deviceId: string, content: ConfigurationContent, done: Done<Row>): void;
  applyConfigurationContentOnDevice(deviceId: string, content: ConfigurationContent): Answer<Row>;
  applyConfigurationContentOnDevice(deviceId: string, content: ConfigurationContent, done?: Done<Row>) {
    return settleHttp(() => this.#hub.configurations.applyOnDevice(deviceId, content), done);
  }

  importDevicesFromBlob(input: string, output: string, done: Callback<Job>): void;
  importDevicesFromBlob(input: string, output: string): Promise<Job>;
  importDevicesFromBlob(input: string, output: string, done?: Callback<Job>) {
    return settle(() => this.#hub.jobs.import(input, output), done);
  }
  /** The hub authenticates to the storage with its own identity, or with `userAssignedIdentity`. */
  importDevicesFromBlobByIdentity(input: string, output: string, done: Callback<Job>): void;
  importDevicesFromBlobByIdentity(input: string, output: string, identity: string, done: Callback<Job>): void;
  importDevicesFromBlobByIdentity(input: string, output: string, userAssignedIdentity?: string): Promise<Job>;
  importDevicesFromBlobByIdentity(input: string, output: string, third?: string | Callback<Job>, last?: Callback<Job>) {
    const [identity, done] = argumentsOf(third, last);
    return settle(() => this.#hub.jobs.importByIdentity(input, output, identity), done);
  }
  exportDevicesToBlob(output: string, excludeKeys: boolean, done: Callback<Job>): void;
  exportDevicesToBlob(output: string, excludeKeys: boolean): Promise<Job>;
  exportDevicesToBlob(output: string, excludeKeys: boolean, done?: Callback<Job>) {
    return settle(() => this.#hub.jobs.export(output, excludeKeys), done);
  }
  /** The hub authenticates to the storage with its own identity, or with `userAssignedIdentity`. */
  exportDevicesToBlobByIdentity(output: string, excludeKeys: boolean, done: Callback<Job>): void;
  exportDevicesToBlobByIdentity(output: string, excludeKeys: boolean, identity: string, done: Callback<Job>): void;
  exportDevicesToBlobByIdentity(output: string, excludeKeys: boolean, userAssignedIdentity?: string): Promise<Job>;
  exportDevicesToBlobByIdentity(out: string, exclude: boolean, third?: string | Callback<Job>, last?: Callback<Job>) {
    const [identity, done] = argumentsOf(third, last);
    return settle(() => this.#hub.jobs.exportByIdentity(out, exclude, identity), done);
  }
  listJobs(done: Done<Row>): void;
  listJobs(): Answer<Row>;
  listJobs(done?: Done<Row>) {
    return settleHttp(() => this.#hub.jobs.list(), done);
  }
  getJob(jobId: string, done: Callback<Job>): void;
  getJob(jobId: string): Promise<Job>;
  getJob(jobId: string, done?: Callback<Job>) {
    return settle(() => this.#hub.jobs.get(jobId), done);
  }
  cancelJob(jobId: string, done: Callback<Job>): void;
  cancelJob(jobId: string): Promise<Job>;
  cancelJob(jobId: string, done?: Callback<Job>) {
    return settle(() => this.#hub.jobs.cancel(jobId), done);
  }

  getTwin(deviceId: string, done: Done<Twin>): void;
  getTwin(deviceId: string): Answer<Twin>;
  getTwin(deviceId: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.get(deviceTwinPath(deviceId)), done);
  }
  getModuleTwin(deviceId: string, moduleId: string, done: Done<Twin>): void;
  getModuleTwin(deviceId: string, moduleId: string): Answer<Twin>;
  getModuleTwin(deviceId: string, moduleId: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.get(moduleTwinPath(deviceId, moduleId)), done);
  }
  /** Merges `patch`, an object or JSON, into the twin if `etag` is the current one or `*`. */
  updateTwin(deviceId: string, patch: unknown, etag: string, done: Done<Twin>): void;
  updateTwin(deviceId: string, patch: unknown, etag: string): Answer<Twin>;
  updateTwin(deviceId: string, patch: unknown, etag: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.update(deviceTwinPath(deviceId), patch, etag), done);
  }
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string, done: Done<Twin>): void;
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string): Answer<Twin>;
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.update(moduleTwinPath(deviceId, moduleId), patch, etag), done);
  }
  /** Replaces tags and desired properties; azure-iothub has no such method. */
  replaceTwin(deviceId: string, twin: unknown, etag: string, done: Done<Twin>): void;
  replaceTwin(deviceId: string, twin: unknown, etag: string): Answer<Twin>;
  replaceTwin(deviceId: string, twin: unknown, etag: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.replace(deviceTwinPath(deviceId), twin, etag), done);
  }
  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string, done: Done<Twin>): void;
  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string): Answer<Twin>;
  replaceModuleTwin(deviceId: string, moduleId: string, twin: unknown, etag: string, done?: Done<Twin>) {
    return settleHttp(() => this.#hub.twins.replace(moduleTwinPath(deviceId, moduleId), twin, etag), done);
  }
  /** A query in the hub's query language; nothing is sent until the first page is requested. */
  createQuery(sqlQuery: string, pageSize?: number): Query {
    return this.#hub.twins.query(sqlQuery, pageSize);
  }
  getRegistryStatistics(done: Done<Statistics>): void;
  getRegistryStatistics(): Answer<Statistics>;
  getRegistryStatistics(done?: Done<Statistics>) {
    return settleHttp(() => this.#hub.devices.statistics(), done);
  }
}

export declare namespace Registry {
  type TransportConfig = access.TransportConfig;
  type JobStatus = Job;
  type QueryDescription = { query: string };
  type RegistryStatistics = Statistics;
  type ResponseCallback = Done<Row>;
  type DeviceDescription = Description;
  type BulkRegistryOperationResult = Bulk;
}
