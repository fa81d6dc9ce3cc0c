import { type IncomingMessageCallback, type ResultWithIncomingMessage, settleMessage } from '../shared/callback.ts';
import { ArgumentError } from '../shared/errors.ts';
import type { ResultWithHttpResponse } from '../shared/results.ts';
import type { DeviceIdentity } from './device.ts';
import type { Registry } from './registry.ts';

// Sections of a twin are the user's own documents: azure-iothub leaves their values untyped, and so do we.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Section = { [key: string]: any };

/** A twin's document, without the means to change it. */
export interface TwinData {
  deviceId: string;
  moduleId?: string;
  etag: string;
  tags: Section;
  properties: { reported: Section; desired: Section };
}

/** A device's or module's twin: a copy of the hub's document that can be fetched anew and updated. */
export class Twin implements TwinData {
  // declared, not set: members come in the order of the hub's document
  declare deviceId: string;
  declare moduleId?: string;
  /** `*` until the hub has told. */
  declare etag: string;
  declare modelId?: string;
  declare tags: Section;
  declare properties: { reported: Section; desired: Section };
  readonly #registry: Registry;

  /** Throws ReferenceError if `device` or `registryClient` is missing, ArgumentError if `device` has no deviceId. */
  constructor(device: DeviceIdentity | string, registryClient: Registry) {
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
    const { deviceId, moduleId } = this;
    return settleMessage(
      async () =>
        this.#take(
          await (moduleId ? this.#registry.getModuleTwin(deviceId, moduleId) : this.#registry.getTwin(deviceId)),
        ),
      done,
    );
  }

  /** Merges `patch` into the hub's document, if that still has this copy's etag, and takes the outcome over. */
  update(patch: unknown, done: IncomingMessageCallback<Twin>): void;
  update(patch: unknown): Promise<ResultWithIncomingMessage<Twin>>;
  update(patch: unknown, done?: IncomingMessageCallback<Twin>) {
    const { deviceId, moduleId, etag } = this;
    return settleMessage(
      async () =>
        this.#take(
          await (moduleId
            ? this.#registry.updateModuleTwin(deviceId, moduleId, patch, etag)
            : this.#registry.updateTwin(deviceId, patch, etag)),
        ),
      done,
    );
  }

  /** The document alone. */
  toJSON(): object {
    return { ...this };
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
