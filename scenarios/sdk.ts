import type { Readable } from 'node:stream';

// The part of an SDK that stories use, as in azure-iothub and azure-iot-device.

export interface Answer<T> {
  readonly responseBody: T;
}

/** A section of a twin: the user's own document. */
export type Section = Record<string, unknown>;

export interface DeviceDescription {
  readonly deviceId: string;
  readonly status?: 'enabled' | 'disabled';
  readonly authentication?: {
    readonly type?: string;
    readonly symmetricKey?: { readonly primaryKey?: string; readonly secondaryKey?: string };
  };
}

export interface ModuleIdentity {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly authentication?: DeviceDescription['authentication'];
}

export interface ServiceTwin {
  readonly deviceId: string;
  readonly etag: string;
  readonly tags: Section;
  readonly properties: { readonly desired: Section; readonly reported: Section };
  /** Changes the hub's document if it still has this etag, and takes over the result. */
  update(patch: object): Promise<unknown>;
}

/** Settings for a set of devices. */
export interface Configuration {
  readonly id: string;
  readonly schemaVersion?: string;
  readonly labels?: Record<string, string>;
  readonly content?: { readonly deviceContent?: Section; readonly moduleContent?: Section };
  readonly targetCondition?: string;
  readonly priority?: number;
  readonly systemMetrics?: { readonly results?: Record<string, number> };
  readonly metrics?: { readonly results?: Record<string, number>; readonly queries?: Record<string, string> };
  readonly etag?: string;
}

/** A job as the hub reports it. */
export interface JobRecord {
  readonly jobId: string;
  readonly type: string;
  readonly status: string;
  readonly deviceJobStatistics?: Readonly<Record<string, number>>;
}

/** Schedules direct methods and twin updates. */
export interface JobClient {
  scheduleDeviceMethod(
    jobId: string,
    condition: string,
    method: MethodCall,
    start: Date,
    most: number,
  ): Promise<unknown>;
  scheduleTwinUpdate(jobId: string, condition: string, patch: object, start: Date, most: number): Promise<unknown>;
  getJob(jobId: string): Promise<{ readonly jobStatus: JobRecord }>;
  cancelJob(jobId: string): Promise<{ readonly jobStatus: JobRecord }>;
}

export interface Query {
  readonly hasMoreResults: boolean;
  next(): Promise<{ readonly result: unknown[] }>;
  nextAsTwin(): Promise<{ readonly result: ServiceTwin[] }>;
}

export interface Registry {
  create(device: DeviceDescription): Promise<Answer<DeviceDescription>>;
  update(device: DeviceDescription): Promise<Answer<DeviceDescription>>;
  get(deviceId: string): Promise<Answer<DeviceDescription>>;
  list(): Promise<Answer<DeviceDescription[]>>;
  delete(deviceId: string): Promise<unknown>;
  addModule(module: ModuleIdentity): Promise<Answer<ModuleIdentity>>;
  getModule(deviceId: string, moduleId: string): Promise<Answer<ModuleIdentity>>;
  getModuleTwin(deviceId: string, moduleId: string): Promise<Answer<ServiceTwin>>;
  updateModuleTwin(deviceId: string, moduleId: string, patch: object, etag: string): Promise<Answer<ServiceTwin>>;
  getTwin(deviceId: string): Promise<Answer<ServiceTwin>>;
  updateTwin(deviceId: string, patch: object, etag: string): Promise<Answer<ServiceTwin>>;
  createQuery(text: string, pageSize?: number): Query;
  addConfiguration(configuration: Configuration): Promise<Answer<unknown>>;
  getConfiguration(id: string): Promise<Answer<Configuration>>;
  updateConfiguration(configuration: Configuration): Promise<Answer<unknown>>;
  removeConfiguration(id: string): Promise<unknown>;
  getRegistryStatistics(): Promise<Answer<{ readonly totalDeviceCount: number }>>;
}

/** Receives what the hub tells back ends: feedback about messages to devices, or notifications of files. */
export interface NoticeReceiver {
  on(event: 'message', listener: (notice: ReceivedByClient) => void): unknown;
  complete(notice: unknown): unknown;
}

/** Invokes direct methods, and sends messages to devices. */
export interface ServiceClient {
  open(): Promise<unknown>;
  close(): Promise<unknown>;
  send(deviceId: string, message: unknown): Promise<unknown>;
  getFeedbackReceiver(): Promise<{ readonly result: NoticeReceiver }>;
  getFileNotificationReceiver(): Promise<{ readonly result: NoticeReceiver }>;
  invokeDeviceMethod(deviceId: string, method: MethodCall): Promise<{ readonly result: unknown }>;
  invokeDeviceMethod(deviceId: string, moduleId: string, method: MethodCall): Promise<{ readonly result: unknown }>;
}

/** A device's response to a command. */
export interface CommandAnswer {
  readonly xMsCommandStatuscode?: number;
  readonly body?: unknown;
}

/** Devices as their models describe them. */
export interface DigitalTwinClient {
  getDigitalTwin(id: string): Promise<unknown>;
  updateDigitalTwin(id: string, patch: object[]): Promise<unknown>;
  invokeCommand(id: string, name: string, argument: unknown): Promise<CommandAnswer | undefined>;
  invokeComponentCommand(
    id: string,
    component: string,
    name: string,
    argument: unknown,
  ): Promise<CommandAnswer | undefined>;
}

export interface MethodCall {
  readonly methodName: string;
  readonly payload: unknown;
  readonly responseTimeoutInSeconds?: number;
  /** Sent by the articles on device management. */
  readonly timeoutInSeconds?: number;
}

export interface DeviceTwin {
  readonly properties: { readonly desired: Section; readonly reported: Section };
  on(event: string, listener: (change: unknown) => void): unknown;
}

export interface MethodRequest {
  readonly methodName: string;
  readonly payload: unknown;
}

export interface MethodResponse {
  send(status: number, payload: unknown): Promise<void>;
  send(status: number, done: (error?: Error | null) => void): void;
}

export interface ModuleConnection {
  open(): Promise<unknown>;
  close(): Promise<unknown>;
  getTwin(): Promise<DeviceTwin>;
}

export type MethodHandler = (request: MethodRequest, response: MethodResponse) => void;

export interface ModuleClient extends ModuleConnection {
  /** azure-iot-device declares both as optional here. */
  onMethod(name: string, handler: (request?: MethodRequest, response?: MethodResponse) => void): void;
}

export interface Connection extends ModuleConnection {
  setOptions(options: { readonly modelId: string }): Promise<unknown>;
  sendEvent(message: unknown): Promise<{ readonly constructor: { readonly name: string } }>;
  onDeviceMethod(name: string, handler: MethodHandler): void;
  uploadToBlob(blobName: string, stream: Readable, streamLength: number): Promise<unknown>;
  on(event: 'message', listener: (message: ReceivedByClient) => void): unknown;
  complete(message: unknown): Promise<{ readonly constructor: { readonly name: string } }>;
}

/** A message from the hub to one of its clients. */
export interface ReceivedByClient {
  readonly messageId: string;
  readonly properties: { getValue(key: string): string | undefined };
  getData(): unknown;
}

export interface Message {
  messageId: string;
  ack?: string | undefined;
  expiryTimeUtc?: unknown;
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
  readonly properties: { add(key: string, value: string): void };
}

/** The protocol of a device. */
export type Transport = 'MQTT' | 'MQTT over WebSocket';

/** An SDK, reduced to what stories need. */
export interface Sdk {
  readonly name: string;
  registry(connectionString: string): Registry;
  service(connectionString: string): ServiceClient;
  device(connectionString: string, transport: Transport): Connection;
  deviceByToken(token: string, transport: Transport): Connection;
  module(connectionString: string, transport: Transport): ModuleClient;
  jobs(connectionString: string): JobClient;
  digitalTwins(connectionString: string): DigitalTwinClient;
  /** A device's token; `expiry` in seconds since 1970. */
  sign(host: string, deviceId: string, key: string, expiry: number): string;
  message(body: string): Message;
}
