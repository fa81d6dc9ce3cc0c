import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { type Callback, type ErrorCallback, settle } from '../shared/callback.ts';
import { type RetryLimits, type RetryPolicy, retry } from '../shared/retry.ts';
import type { DeviceTransport, TwinDocument } from './transport.ts';
import { mergeInto, pathsOf, type Section, valueAt } from './twin-properties.ts';

/** The two sections of a twin that a device sees. */
export interface TwinProperties {
  desired: Section;
  /** `update(patch, done)` or `await update(patch)` reports properties. */
  reported: Section;
}

/**
 * The device's twin. It emits `properties.desired` with each change, and `properties.desired.a.b` with the new value of that
 * path. A new listener is also called with the current value.
 */
export class Twin extends EventEmitter {
  static errorEvent = 'error';
  static desiredPath = 'properties.desired';
  properties: TwinProperties;
  userRegisteredDesiredPropertiesListener = false;
  readonly #transport: DeviceTransport;
  readonly #limits: RetryLimits;
  #policy: RetryPolicy;

  constructor(transport: DeviceTransport, retryPolicy: RetryPolicy, limits: RetryLimits = {}) {
    super();
    this.#transport = transport;
    this.#policy = retryPolicy;
    this.#limits = limits;
    this.properties = this.#propertiesOf({ desired: {}, reported: {} });
    transport.on('desired', (patch: Section) => {
      mergeInto(this.properties.desired, patch);
      this.#announce(patch);
    });
    this.on('newListener', (event: string | symbol) => this.#listenTo(String(event)));
  }

  /** Fetches both sections and emits the desired properties. */
  get(callback: Callback<Twin>): void;
  get(): Promise<Twin>;
  get(callback?: Callback<Twin>) {
    return settle(async (): Promise<Twin> => {
      this.properties = this.#propertiesOf(await this.#retry(() => this.#transport.getTwin()));
      this.#announce(this.properties.desired);
      return this;
    }, callback);
  }

  setRetryPolicy(policy: RetryPolicy): void {
    this.#policy = policy;
  }

  enableTwinDesiredPropertiesUpdates(callback: ErrorCallback): void {
    settle(() => this.#retry(() => this.#transport.enable('desired')), callback);
  }

  /** Fetches the twin after a reconnect; emits the desired properties only if they have changed. */
  async refresh(): Promise<void> {
    const { desired: before } = this.properties;
    this.properties = this.#propertiesOf(await this.#retry(() => this.#transport.getTwin()));
    if (!isDeepStrictEqual(this.properties.desired, before)) this.#announce(this.properties.desired);
  }

  #propertiesOf({ desired, reported }: TwinDocument): TwinProperties {
    const update = (patch: Section, done?: ErrorCallback) => settle(() => this.#report(patch), done);
    const own: Section = Object.defineProperty({}, 'update', { value: update, writable: true, configurable: true });
    mergeInto(own, reported);
    return { desired: { ...desired }, reported: own };
  }

  async #report(patch: Section): Promise<void> {
    await this.#retry(() => this.#transport.updateReported(patch));
    mergeInto(this.properties.reported, JSON.parse(JSON.stringify(patch)));
  }

  #announce(changed: object): void {
    this.emit(Twin.desiredPath, changed);
    for (const [path, value] of pathsOf(changed)) this.emit(`${Twin.desiredPath}.${path}`, value);
  }

  #listenTo(event: string): void {
    if (!event.startsWith(Twin.desiredPath)) return;
    const value = valueAt(this, event);
    // like azure-iot-device 1.18, which calls a new listener only with truthy values
    if (value) process.nextTick(() => this.emit(event, value));
    this.userRegisteredDesiredPropertiesListener = true;
    this.enableTwinDesiredPropertiesUpdates((error) => {
      if (error) this.emit(Twin.errorEvent, error);
    });
  }

  #retry<T>(operation: () => Promise<T>): Promise<T> {
    return retry(operation, () => this.#policy, this.#limits);
  }
}
