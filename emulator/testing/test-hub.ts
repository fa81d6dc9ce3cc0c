import type { HistoryList } from '../../protocol/admin/history.ts';
import { FaultRule as FaultRuleSchema } from '../../protocol/fault.ts';
import { type IdentityName, keyOf } from '../../protocol/identity-key.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { FaultEffect, FaultMatch, FaultRule } from '../fault-options.ts';
import type { HubEvent, Published } from '../hub/events.ts';
import { renderHistory } from '../hub/history/history-document.ts';
import { restoreSnapshot, type Snapshot, takeSnapshot } from '../hub/snapshots/snapshot.ts';
import type { HubHandle } from '../index.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { parseDuration } from '../kernel/duration.ts';
import type { Replayed, ReplayOptions } from '../traces/replay.ts';
import { demandKnown } from './demand-known.ts';
import { FailureTrace } from './failure-trace.ts';
import { TestDevice } from './test-device.ts';

/** An event of one type, with its number (`sequence`) and the hub's time (`at`, ms since 1970). */
export type EventOf<T extends HubEvent['type']> = Extract<Published, { readonly type: T }>;

/** The effect of a fault; its type alone if it has no required parameters. */
export type Effect = FaultEffect | Exclude<FaultEffect['type'], 'error' | 'delay'>;

/** Of the wall clock. */
const TIMEOUT_MS = 5_000;

interface TestHubOptions {
  readonly timeoutMs?: number | undefined;
  readonly elsewhere?: HubHandle | undefined;
}

/** The hub of one test. */
export class TestHub implements AsyncDisposable {
  /** How long `until` waits, in ms of the wall clock. */
  readonly timeoutMs: number;
  /** @internal */
  readonly elsewhere: (() => HubHandle) | undefined;
  /** @internal */
  readonly trace: FailureTrace | undefined;
  readonly #handle: HubHandle;
  readonly #events: Published[] = [];
  readonly #stop: () => void;

  /**
   * @param handle - An emulator or a fork.
   * @param options - `timeoutMs`: how long `until` waits, in ms of the wall clock; default 5000. `elsewhere`: another hub, to which
   * a device may have connected by mistake; default none.
   * @example await using iotHub = new TestHub(emulator.fork())
   */
  constructor(handle: HubHandle, options: TestHubOptions = {}) {
    this.#handle = handle;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const { elsewhere } = options;
    this.elsewhere = elsewhere && (() => elsewhere);
    this.trace = FailureTrace.of(handle.hub);
    this.#stop = handle.hub.events.listen((event) => this.#events.push(event));
  }

  /**
   * The hub without its servers.
   * @example iotHub.hub.registry.get('oven').identity.status
   */
  get hub(): HubHandle['hub'] {
    return this.#handle.hub;
  }

  /**
   * The connection string for service apps.
   * @param policy - Name of a shared access policy; default `iothubowner`.
   * @throws RangeError for an unknown policy.
   * @example Registry.fromConnectionString(iotHub.connectionString())
   */
  connectionString(policy?: string): string {
    return this.#handle.connectionString(policy);
  }

  /**
   * The connection string of an event hub, for the SDKs of Event Hubs.
   * @param endpoint - The name of an endpoint of the routing; default `events`, the built-in one.
   * @throws RangeError for a name that is not an endpoint.
   * @example new EventHubConsumerClient('$Default', iotHub.eventsConnectionString())
   */
  eventsConnectionString(endpoint?: string): string {
    return this.#handle.eventsConnectionString(endpoint);
  }

  /**
   * The connection string of a device.
   * @throws HubError DeviceNotFound, with ids that exist.
   * @example Client.fromConnectionString(iotHub.deviceConnectionString('oven'), Mqtt)
   */
  deviceConnectionString(deviceId: string): string {
    demandKnown(this.hub, { deviceId });
    return this.#handle.deviceConnectionString(deviceId);
  }

  /**
   * The connection string of a module.
   * @throws HubError DeviceNotFound, ModuleNotFound, with ids that exist.
   * @example ModuleClient.fromConnectionString(iotHub.moduleConnectionString('oven', 'filter'), Mqtt)
   */
  moduleConnectionString(deviceId: string, moduleId: string): string {
    demandKnown(this.hub, { deviceId, moduleId });
    return this.#handle.moduleConnectionString(deviceId, moduleId);
  }

  /**
   * A device or module, whether it exists or not.
   * @example iotHub.device('oven').tag({ hall: 4 })
   */
  device(deviceId: string, moduleId?: string): TestDevice {
    return new TestDevice(this, keyOf({ deviceId, moduleId }));
  }

  /**
   * Creates a device or module, at once.
   * @param name - A device id, or `{ deviceId, moduleId }`.
   * @param twin - Tags and desired properties; default none.
   * @throws HubError if it exists, or if the hub rejects it.
   * @example iotHub.create('toaster', { tags: { hall: 4 }, desired: { celsius: 200 } })
   */
  create(name: string | IdentityName, twin: { tags?: JsonObject; desired?: JsonObject } = {}): TestDevice {
    const identity = typeof name === 'string' ? { deviceId: name } : name;
    this.hub.registry.create(identity, {});
    const device = new TestDevice(this, keyOf(identity));
    if (twin.tags !== undefined) device.tag(twin.tags);
    if (twin.desired !== undefined) device.desire(twin.desired);
    return device;
  }

  /**
   * Makes operations fail that match.
   * @param match - What is left out matches everything; `times` limits how often.
   * @param effect - What happens; a type alone, or with its parameters.
   * @param window - When, in ms of the hub's clock from now on; default always.
   * @returns The id of the rule.
   * @example iotHub.fail({ operation: 'rest', path: '/twins/*', times: 1 }, 'throttle')
   */
  fail(match: FaultMatch, effect: Effect, window?: FaultRule['window']): string {
    const given = { match, effect: typeof effect === 'string' ? { type: effect } : effect, window };
    return this.hub.faults.add(FaultRuleSchema.parse(given));
  }

  /** Removes all rules of `fail`: operations succeed again. */
  clearFaults(): void {
    this.hub.faults.clear();
  }

  /**
   * Advances the virtual clock, and resolves when what fell due has been processed.
   * @param by - A duration such as `1h`, `30s` or `500ms`, or a number of ms.
   * @throws RangeError if the clock is not virtual, or the duration is not valid.
   * @example await iotHub.advance('30s')
   */
  async advance(by: string | number): Promise<void> {
    const { clock } = this.hub;
    if (!(clock instanceof VirtualClock)) throw new RangeError("The hub follows the machine's clock");
    const ms = parseDuration(by);
    if (ms === undefined) throw new RangeError(`${by} is not a valid duration, such as 500ms, 30s, 5m, 1h or 2d`);
    clock.advance(ms);
    await this.settle();
  }

  /** Resolves when nothing is due, everything received is processed, and everything to send has been written to sockets. */
  settle(): Promise<void> {
    return this.#handle.settle();
  }

  /**
   * What has happened since the test began, oldest first.
   * @example iotHub.events().map(({ type }) => type)
   */
  events(): readonly Published[];
  /**
   * The events of one type since the test began, oldest first.
   * @example expect(iotHub.events('twin.reported')).toMatchObject([{ key: 'oven', patch: { celsius: 180 } }])
   */
  events<T extends HubEvent['type']>(type: T): readonly EventOf<T>[];
  events(type?: HubEvent['type']): readonly Published[] {
    return type === undefined ? this.#events : this.#events.filter((event) => event.type === type);
  }

  /**
   * What the hub has refused since the test began, with cause and remedy, oldest first. Handshakes that fail are told of by the
   * emulator's own hub, not by its forks.
   * @example expect(iotHub.refusals()).toEqual([])
   */
  refusals(): readonly EventOf<'refused'>[] {
    return this.events('refused');
  }

  /**
   * The versions of a device or module with time, author and changes, oldest first. They begin again at a restore.
   * @throws HubError DeviceNotFound, ModuleNotFound.
   * @example expect(iotHub.history('oven').at(-1)).toMatchObject({ by: 'device oven', changes: [{ path: 'properties.reported.celsius' }] })
   */
  history(deviceId: string, moduleId?: string): HistoryList {
    return renderHistory(this.hub.history, keyOf({ deviceId, moduleId }));
  }

  /**
   * Plays a trace, of `--record` or of a test that failed, in a hub of its own.
   * @param file - Its path.
   * @param options - Where to stop; default at its end. `then`: rules of faults, or a file of them, with which it goes on from there;
   * `changes` of the result says what is different from the recorded run.
   * @throws UsageError for a file that is not a trace, or faults that are not valid.
   * @example const { hub } = await iotHub.replay('iothub-4711-1.trace', { breakOn: 'properties.reported.celsius > 100' })
   */
  async replay(file: string, options: ReplayOptions = {}): Promise<Replayed> {
    return (await import('../traces/replay.ts')).replay(file, options);
  }

  /**
   * The state of the hub, for `restore`.
   * @example const before = iotHub.snapshot()
   */
  snapshot(): Snapshot {
    return takeSnapshot(this.hub);
  }

  /**
   * Goes back to a state. Connections stay, except those of identities that do not exist in it.
   * @example iotHub.restore(before)
   */
  restore(snapshot: Snapshot): void {
    restoreSnapshot(this.hub, snapshot);
  }

  /** Goes back to the state that the hub started with, without connections, faults and events of the test. */
  reset(): void {
    this.#handle.snapshots.reset({ dropConnections: true });
    this.#events.length = 0;
  }

  /** Records no more events. The hub goes on. */
  stopListening(): void {
    this.#stop();
    this.trace?.stop();
  }

  /** Closes the hub. */
  async close(): Promise<void> {
    this.stopListening();
    await this.#handle.close();
  }

  /** Closes the hub at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
