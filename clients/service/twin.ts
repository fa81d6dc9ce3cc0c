import { type IncomingMessageCallback, type ResultWithIncomingMessage, settleMessage } from '../shared/callback.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { DeviceIdentity } from './device.ts';
import type { Row } from './row.ts';

/** A section of a twin: the user's own document. */
export interface Section {
  [key: string]: Row;
}

/** A twin's document, without methods. */
export interface TwinData {
  deviceId: string;
  moduleId?: string;
  etag: string;
  tags: Section;
  properties: { reported: Section; desired: Section };
}

/** The operations that a twin uses to refresh and update itself; `Registry` implements them. */
export interface TwinApi {
  getTwin(deviceId: string): Answer;
  getModuleTwin(deviceId: string, moduleId: string): Answer;
  updateTwin(deviceId: string, patch: unknown, etag: string): Answer;
  updateModuleTwin(deviceId: string, moduleId: string, patch: unknown, etag: string): Answer;
}

type Answer = Promise<ResultWithHttpResponse<Twin>>;

/** A device's or module's twin: a copy of the hub's document that can be refreshed and updated. */
export class Twin implements TwinData {
  // declared without a value, so that members keep the order of the hub's document
  declare deviceId: string;
  declare moduleId?: string;
  /** `*` until the hub has named one. */
  declare etag: string;
  declare modelId?: string;
  declare tags: Section;
  declare properties: { reported: Section; desired: Section };
  readonly #registry: TwinApi;

  /** Throws ReferenceError if `device` or `registryClient` is missing, ArgumentError if `device` has no deviceId. */
  constructor(device: DeviceIdentity | string, registryClient: TwinApi) {
    if (!device) throw new ReferenceError(`'device' cannot be '${device}'`);
    if (!registryClient) throw new ReferenceError(`'registryClient' cannot be '${registryClient}'`);
    if (typeof device === 'string') this.deviceId = device;
    else if (!device.deviceId) throw new ArgumentError("'device' must have a deviceId property");
    const given: Partial<TwinData> = typeof device === 'string' ? {} : structuredClone(plain(device));
    Object.assign(this, given);
    this.etag = given.etag || '*';
    this.tags = given.tags ?? {};
    this.properties = Object.assign({ desired: {} }, given.properties);
    this.#registry = registryClient;
  }

  /** Fetches the document. */
  get(done: IncomingMessageCallback<Twin>): void;
  get(): Promise<ResultWithIncomingMessage<Twin>>;
  get(done?: IncomingMessageCallback<Twin>) {
    return settleMessage(async () => this.#take(await this.#fetch()), done);
  }

  /** Merges `patch` into the hub's document, if that still has this copy's etag, and takes over the outcome. */
  update(patch: unknown, done: IncomingMessageCallback<Twin>): void;
  update(patch: unknown): Promise<ResultWithIncomingMessage<Twin>>;
  update(patch: unknown, done?: IncomingMessageCallback<Twin>) {
    return settleMessage(async () => this.#take(await this.#send(patch)), done);
  }

  /** The document without methods. */
  toJSON(): object {
    return { ...this };
  }

  #fetch(): Answer {
    const { deviceId, moduleId } = this;
    return moduleId ? this.#registry.getModuleTwin(deviceId, moduleId) : this.#registry.getTwin(deviceId);
  }

  #send(patch: unknown): Answer {
    const { deviceId, moduleId, etag } = this;
    return moduleId
      ? this.#registry.updateModuleTwin(deviceId, moduleId, patch, etag)
      : this.#registry.updateTwin(deviceId, patch, etag);
  }

  #take({ responseBody, httpResponse }: ResultWithHttpResponse<Twin>): ResultWithIncomingMessage<Twin> {
    this.properties = responseBody.properties;
    this.tags = responseBody.tags;
    this.etag = responseBody.etag;
    if (responseBody.modelId) this.modelId = responseBody.modelId;
    return { result: this, message: httpResponse };
  }
}

/** A `Twin` is copied as its document. */
const plain = (device: DeviceIdentity): object => (device instanceof Twin ? device.toJSON() : device);
