// What stories use of an SDK: names and results that azure-iothub and azure-iot-device have, and ours too.

export interface Answer<T> {
  readonly responseBody: T;
}

/** A part of a twin: the user's own document. */
export type Section = Record<string, unknown>;

export interface DeviceDescription {
  readonly deviceId: string;
  readonly status?: 'enabled' | 'disabled';
}

export interface DeviceIdentity extends DeviceDescription {
  readonly authentication?: { readonly symmetricKey?: { readonly primaryKey?: string } };
}

export interface ModuleIdentity {
  readonly deviceId: string;
  readonly moduleId: string;
  readonly authentication?: DeviceIdentity['authentication'];
}

export interface ServiceTwin {
  readonly deviceId: string;
  readonly etag: string;
  readonly tags: Section;
  readonly properties: { readonly desired: Section; readonly reported: Section };
}

export interface Query {
  readonly hasMoreResults: boolean;
  nextAsTwin(): Promise<{ readonly result: ServiceTwin[] }>;
}

export interface Registry {
  create(device: DeviceDescription): Promise<Answer<DeviceIdentity>>;
  update(device: DeviceDescription): Promise<Answer<DeviceIdentity>>;
  get(deviceId: string): Promise<Answer<DeviceIdentity>>;
  list(): Promise<Answer<DeviceIdentity[]>>;
  delete(deviceId: string): Promise<unknown>;
  addModule(module: ModuleIdentity): Promise<Answer<ModuleIdentity>>;
  getModule(deviceId: string, moduleId: string): Promise<Answer<ModuleIdentity>>;
  getModuleTwin(deviceId: string, moduleId: string): Promise<Answer<ServiceTwin>>;
  updateModuleTwin(deviceId: string, moduleId: string, patch: object, etag: string): Promise<Answer<ServiceTwin>>;
  getTwin(deviceId: string): Promise<Answer<ServiceTwin>>;
  updateTwin(deviceId: string, patch: object, etag: string): Promise<Answer<ServiceTwin>>;
  createQuery(text: string, pageSize?: number): Query;
  getRegistryStatistics(): Promise<Answer<{ readonly totalDeviceCount: number }>>;
}

/** Invokes direct methods. */
export interface ServiceClient {
  invokeDeviceMethod(deviceId: string, method: MethodCall): Promise<{ readonly result: unknown }>;
}

export interface MethodCall {
  readonly methodName: string;
  readonly payload: unknown;
  readonly responseTimeoutInSeconds: number;
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
}

export interface ModuleConnection {
  open(): Promise<unknown>;
  close(): Promise<unknown>;
  getTwin(): Promise<DeviceTwin>;
}

export interface Connection extends ModuleConnection {
  sendEvent(message: unknown): Promise<{ readonly constructor: { readonly name: string } }>;
  onDeviceMethod(name: string, handler: (request: MethodRequest, response: MethodResponse) => void): void;
}

export interface Message {
  messageId: string;
  contentType?: string | undefined;
  contentEncoding?: string | undefined;
  readonly properties: { add(key: string, value: string): void };
}

/** How a device speaks. */
export type Transport = 'MQTT' | 'MQTT over WebSocket';

/** One SDK, by what stories need of it. */
export interface Sdk {
  readonly name: string;
  registry(connectionString: string): Registry;
  service(connectionString: string): ServiceClient;
  device(connectionString: string, transport: Transport): Connection;
  module(connectionString: string, transport: Transport): ModuleConnection;
  message(body: string): Message;
}
