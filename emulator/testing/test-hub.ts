import { parseDuration } from '../../protocol/duration.ts';
import { HubError } from '../../protocol/errors.ts';
import { FaultEffect, FaultMatch, type FaultRule } from '../../protocol/fault.ts';
import { type IdentityName, keyOf } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { VirtualClock } from '../hub/clock.ts';
import type { HubEvent, Published } from '../hub/events.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from '../hub/snapshot.ts';
import type { HubHandle } from '../index.ts';
import { TestDevice } from './test-device.ts';

/** An event of one kind, numbered and timed. */
export type Heard<T extends HubEvent['type']> = Extract<Published, { readonly type: T }>;

/** An effect, by name alone where it needs nothing more. */
export type Effect = FaultEffect | Exclude<FaultEffect['type'], 'error' | 'delay'>;

/** Wall clock ms. */
const PATIENCE = 5_000;

/** One hub for one test. */
export class TestHub implements AsyncDisposable {
  readonly patience: number;
  readonly #handle: HubHandle;
  readonly #heard: Published[] = [];
  readonly #deaf: () => void;

  /** `patience`: how long `until` waits, in ms of the wall clock. */
  constructor(handle: HubHandle, { patience = PATIENCE }: { readonly patience?: number | undefined } = {}) {
    this.#handle = handle;
    this.patience = patience;
    this.#deaf = handle.hub.events.listen((event) => this.#heard.push(event));
  }

  /** The hub itself: its rooms. */
  get hub(): HubHandle['hub'] {
    return this.#handle.hub;
  }

  /** For service apps; see `Emulator.connectionString`. */
  connectionString(policy?: string): string {
    return this.#handle.connectionString(policy);
  }

  /** Throws HubError DeviceNotFound. */
  deviceConnectionString(deviceId: string): string {
    this.#demand({ deviceId });
    return this.#handle.deviceConnectionString(deviceId);
  }

  /** Throws HubError DeviceNotFound, ModuleNotFound. */
  moduleConnectionString(deviceId: string, moduleId: string): string {
    this.#demand({ deviceId, moduleId });
    return this.#handle.moduleConnectionString(deviceId, moduleId);
  }

  /** A device or module, there or not. */
  device(deviceId: string, moduleId?: string): TestDevice {
    return new TestDevice(this, keyOf({ deviceId, moduleId }));
  }

  /** Creates a device or module, at once. Throws HubError. */
  create(name: string | IdentityName, twin: { tags?: JsonObject; desired?: JsonObject } = {}): TestDevice {
    const identity = typeof name === 'string' ? { deviceId: name } : name;
    this.hub.registry.create(identity, {});
    const device = new TestDevice(this, keyOf(identity));
    if (twin.tags !== undefined) device.tag(twin.tags);
    if (twin.desired !== undefined) device.desire(twin.desired);
    return device;
  }

  /** Lets operations that match fail from now on, or while `window` is open. Gives the fault's id. */
  fail(match: FaultMatch, effect: Effect, window?: FaultRule['window']): string {
    return this.hub.faults.add({
      match: FaultMatch.parse(match),
      effect: FaultEffect.parse(typeof effect === 'string' ? { type: effect } : effect),
      ...(window === undefined ? {} : { window }),
    });
  }

  /** Nothing fails any more. */
  heal(): void {
    this.hub.faults.clear();
  }

  /** Turns the virtual clock on by `1h`, `30s` or ms, and settles. Throws a RangeError if the clock is not virtual. */
  async advance(by: string | number): Promise<void> {
    const { clock } = this.hub;
    if (!(clock instanceof VirtualClock)) throw new RangeError("The hub follows the machine's clock");
    const ms = parseDuration(by);
    if (ms === undefined) throw new RangeError(`${by} is no duration such as 500ms, 30s, 5m, 1h or 2d`);
    clock.advance(ms);
    await this.settle();
  }

  /** Resolves when nothing is due, queued or on its way out. */
  settle(): Promise<void> {
    return this.#handle.settle();
  }

  /** What has happened since the test began, oldest first; of one kind, if told. */
  heard(): readonly Published[];
  heard<T extends HubEvent['type']>(type: T): readonly Heard<T>[];
  heard(type?: HubEvent['type']): readonly Published[] {
    return type === undefined ? this.#heard : this.#heard.filter((event) => event.type === type);
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.hub);
  }

  /** Back to a moment; connections stay unless their identity is gone. */
  restore(snapshot: Snapshot): void {
    restoreSnapshot(this.hub, snapshot);
  }

  /** Back to the beginning, without connections and faults. */
  reset(): void {
    this.#handle.states.reset({ dropConnections: true });
    this.#heard.length = 0;
  }

  /** Hears no more of the hub, which lives on. */
  leave(): void {
    this.#deaf();
  }

  async close(): Promise<void> {
    this.leave();
    await this.#handle.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Who asks for somebody unknown has mistyped the id, or forgotten the seed. */
  #demand(name: IdentityName): void {
    const key = keyOf(name);
    if (this.hub.fleet.find(key) !== undefined) return;
    const code = name.moduleId === undefined ? 'DeviceNotFound' : 'ModuleNotFound';
    const known = [...this.hub.fleet.devices.rows(), ...this.hub.fleet.modules.rows()].map((member) => member.key);
    const some = known.slice(0, 5).join(', ') || 'nobody';
    throw new HubError(code, `There is no ${key}; there is ${some}${known.length > 5 ? ', …' : ''}`);
  }
}
