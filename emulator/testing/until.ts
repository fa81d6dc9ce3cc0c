import { inspect, isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { HubEvent } from '../hub/events.ts';
import type { Capability } from '../hub/messaging/session.ts';
import { absenceSeen, at, valueSeen } from './seen.ts';
import type { TestDevice } from './test-device.ts';
import { type EventOf, TestHub } from './test-hub.ts';
import { type Condition, waitFor } from './wait.ts';

/** Waits for a value in a twin. */
export interface UntilValue {
  /**
   * Resolves with the value when it deeply equals `expected`.
   * @example await until(oven).reported('celsius').is(220)
   */
  is(expected: Json): Promise<Json>;
  /**
   * Resolves with the value when `matches` returns true for it; not called while there is no value.
   * @example await until(oven).reported('celsius').matches((celsius) => Number(celsius) > 200)
   */
  matches(matches: (value: Json) => boolean): Promise<Json>;
  /**
   * Resolves with the value when there is one.
   * @example await until(oven).reported('firmware').exists()
   */
  exists(): Promise<Json>;
  /**
   * Resolves when there is no value.
   * @example await until(oven).desired('celsius').isGone()
   */
  isGone(): Promise<void>;
}

/** Waits for a device or module. */
export interface UntilDevice {
  /**
   * A reported property.
   * @param path - Names of members, separated by dots.
   * @example await until(oven).reported('firmware.version').is('1.2')
   */
  reported(path: string): UntilValue;
  /**
   * A desired property; `path` as for `reported`.
   * @example await until(oven).desired('celsius').exists()
   */
  desired(path: string): UntilValue;
  /**
   * A tag; `path` as for `reported`.
   * @example await until(oven).tag('location.hall').is(4)
   */
  tag(path: string): UntilValue;
  /** Resolves when it is connected. */
  isConnected(): Promise<void>;
  /** Resolves when it is not connected. */
  isDisconnected(): Promise<void>;
  /**
   * Resolves when it has subscribed to `methods`, `desired`, or another capability.
   * @example await until(oven).listensTo('methods')
   */
  listensTo(capability: Capability): Promise<void>;
  /**
   * Resolves with the first message since the test began for which `matches` returns true; default: any message.
   * @example const { body } = await until(oven).sends(({ properties }) => properties.alarm === 'yes')
   */
  sends(matches?: (message: Message) => boolean): Promise<Message>;
  /**
   * Resolves with the first message from the cloud that it has completed since the test began and for which `matches` returns
   * true; default: any message.
   * @example await until(oven).completes(({ system }) => system.messageId === 'm1')
   */
  completes(matches?: (message: Message) => boolean): Promise<Message>;
}

/** Waits for a hub. */
export interface UntilHub {
  /**
   * Resolves with the first event of that type since the test began for which `matches` returns true; default: any event.
   * @example await until(iotHub).emits('session.closed', ({ key }) => key === 'oven')
   */
  emits<T extends HubEvent['type']>(type: T, matches?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
}

/**
 * Waits for a device by listening to events of its hub. Every promise rejects after `TestHub.timeoutMs` (default 5 s of the wall
 * clock) with an error that says what there was instead.
 * @example await until(iotHub.device('oven')).isConnected()
 */
export function until(device: TestDevice): UntilDevice;
/**
 * Waits for an event of a hub. Promises reject as those for devices do.
 * @example await until(iotHub).emits('job.changed', ({ job }) => job.status === 'completed')
 */
export function until(hub: TestHub): UntilHub;
export function until(subject: TestDevice | TestHub): UntilDevice | UntilHub {
  return subject instanceof TestHub ? untilHub(subject) : untilDevice(subject);
}

const untilHub = (iotHub: TestHub): UntilHub => ({
  emits: (type, matches = () => true) =>
    wait(iotHub, {
      find: () => iotHub.events(type).find(matches),
      description: `an event ${type}`,
      instead: () => `there were ${summary(iotHub)}`,
    }),
});

const untilDevice = (device: TestDevice): UntilDevice => {
  const { iotHub, key } = device;
  const twin = () => iotHub.hub.fleet.find(key)?.twin;
  const state = (what: string, holds: () => boolean, instead: () => string): Promise<void> =>
    wait(iotHub, { find: () => holds() || undefined, description: `${key} ${what}`, instead }).then(() => {});
  const isOnline = () => iotHub.hub.sessions.find(key) !== undefined;
  const capabilities = () => Object.keys(iotHub.hub.sessions.listening(key).capabilities).join(', ') || 'nothing';
  const completed = () => iotHub.events('c2d.completed').flatMap((one) => (one.key === key ? [one.message] : []));
  return {
    reported: (path) => untilValue(device, ['reported', path], () => twin()?.reported.values),
    desired: (path) => untilValue(device, ['desired', path], () => twin()?.desired.values),
    tag: (path) => untilValue(device, ['tag', path], () => twin()?.tags),
    isConnected: () => state('to connect', isOnline, () => absenceSeen(device)),
    isDisconnected: () =>
      state(
        'to disconnect',
        () => !isOnline(),
        () => 'it is connected',
      ),
    listensTo: (capability) =>
      state(
        `to listen to ${capability}`,
        () => iotHub.hub.sessions.find(key, capability) !== undefined,
        () => (isOnline() ? `it listens to ${capabilities()}` : absenceSeen(device)),
      ),
    sends: (matches = () => true) =>
      wait(iotHub, {
        find: () => device.sent().find(matches),
        description: `a message of ${key}`,
        instead: () => sentSeen(device, isOnline()),
      }),
    completes: (matches = () => true) =>
      wait(iotHub, {
        find: () => completed().find(matches),
        description: `${key} to complete a message`,
        instead: () =>
          `it completed ${completed().length}, none of which matches; ${iotHub.hub.fleet.find(key)?.pendingMessages ?? 0} wait`,
      }),
  };
};

const sentSeen = (device: TestDevice, isOnline: boolean): string => {
  const sent = device.sent().length;
  if (sent > 0) return `it sent ${sent}, none of which matches`;
  return isOnline ? 'it is connected and sent none' : absenceSeen(device);
};

const untilValue = (
  { iotHub, key }: TestDevice,
  [section, path]: readonly [section: string, path: string],
  values: () => JsonObject | undefined,
): UntilValue => {
  const name = `${section} ${path}`;
  const read = (): Json | undefined => at(values(), path);
  const instead = (): string => valueSeen(section, values(), path);
  const value = (what: string, matches: (value: Json) => boolean): Promise<Json> =>
    wait(iotHub, {
      find: () => {
        const found = read();
        return found !== undefined && matches(found) ? found : undefined;
      },
      description: `${name} of ${key} ${what}`,
      instead,
    });
  return {
    is: (expected) => {
      // objects of jest's sandbox have prototypes of their own
      const plain: Json = JSON.parse(JSON.stringify(expected));
      return value(`to be ${inspect(expected, { depth: 4 })}`, (found) => isDeepStrictEqual(found, plain));
    },
    matches: (matches) => value('to match', matches),
    exists: () => value('to exist', () => true),
    isGone: () =>
      wait(iotHub, {
        find: () => read() === undefined || undefined,
        description: `${name} of ${key} to be gone`,
        instead,
      }).then(() => {}),
  };
};

const wait = <T>(iotHub: TestHub, condition: Condition<T>): Promise<T> =>
  waitFor(iotHub.hub.events, condition, iotHub.timeoutMs);

const summary = (iotHub: TestHub): string => {
  const counted = new Map<string, number>();
  for (const { type } of iotHub.events()) counted.set(type, (counted.get(type) ?? 0) + 1);
  return [...counted].map(([type, count]) => `${count} ${type}`).join(', ') || 'none at all';
};
