import { inspect, isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject, own } from '../../protocol/json.ts';
import type { Message } from '../../protocol/message.ts';
import type { Feature } from '../../protocol/topics.ts';
import type { HubEvent } from '../hub/events.ts';
import type { TestDevice } from './test-device.ts';
import { type Heard, TestHub } from './test-hub.ts';
import { type Wish, waitFor } from './wait.ts';

/** A value somewhere in a twin. */
export interface UntilValue {
  /** Resolves when it deeply equals `expected`. */
  is(expected: Json): Promise<Json>;
  /** Resolves with it when `fits` says so; not asked while there is none. */
  matches(fits: (value: Json) => boolean): Promise<Json>;
  /** Resolves with it when there is one. */
  exists(): Promise<Json>;
  /** Resolves when there is none. */
  isGone(): Promise<void>;
}

export interface UntilDevice {
  /** `path`: `fw.version`; dots lead into objects. */
  reported(path: string): UntilValue;
  desired(path: string): UntilValue;
  tag(path: string): UntilValue;
  isConnected(): Promise<void>;
  isDisconnected(): Promise<void>;
  /** Resolves when it subscribes to that: `methods`, `desired`, `c2d`, … */
  listensTo(feature: Feature): Promise<void>;
  /** Resolves with a message that it has sent since the test began. */
  sends(fits?: (message: Message) => boolean): Promise<Message>;
}

export interface UntilHub {
  /** Resolves with an event of that kind that has happened since the test began. */
  hears<T extends HubEvent['type']>(type: T, fits?: (event: Heard<T>) => boolean): Promise<Heard<T>>;
}

/** Waits by listening. Every promise rejects after the hub's patience (5 s of the wall clock, unless told otherwise). */
export function until(device: TestDevice): UntilDevice;
export function until(hub: TestHub): UntilHub;
export function until(subject: TestDevice | TestHub): UntilDevice | UntilHub {
  return subject instanceof TestHub ? untilHub(subject) : untilDevice(subject);
}

const untilHub = (iotHub: TestHub): UntilHub => ({
  hears: (type, fits = () => true) =>
    wait(iotHub, {
      look: () => iotHub.heard(type).find(fits),
      what: `an event ${type}`,
      instead: () => `there were ${summary(iotHub)}`,
    }),
});

const untilDevice = (device: TestDevice): UntilDevice => {
  const { iotHub, key } = device;
  const twin = () => iotHub.hub.fleet.find(key)?.twin;
  const state = (what: string, holds: () => boolean, instead: () => string): Promise<void> =>
    wait(iotHub, { look: () => holds() || undefined, what: `${key} ${what}`, instead }).then(() => {});
  const isOnline = () => iotHub.hub.sessions.find(key) !== undefined;
  const features = () => [...iotHub.hub.sessions.subscriptions(key).keys()].join(', ') || 'nothing';
  return {
    reported: (path) => untilValue(device, `reported ${path}`, () => at(twin()?.reported.values, path)),
    desired: (path) => untilValue(device, `desired ${path}`, () => at(twin()?.desired.values, path)),
    tag: (path) => untilValue(device, `tag ${path}`, () => at(twin()?.tags, path)),
    isConnected: () => state('to connect', isOnline, () => 'it is not connected'),
    isDisconnected: () =>
      state(
        'to disconnect',
        () => !isOnline(),
        () => 'it is connected',
      ),
    listensTo: (feature) =>
      state(
        `to listen to ${feature}`,
        () => iotHub.hub.sessions.find(key, feature) !== undefined,
        () => `it listens to ${features()}`,
      ),
    sends: (fits = () => true) =>
      wait(iotHub, {
        look: () => device.sent().find(fits),
        what: `a message of ${key}`,
        instead: () => `it sent ${device.sent().length}, none that fits`,
      }),
  };
};

const untilValue = ({ iotHub, key }: TestDevice, name: string, read: () => Json | undefined): UntilValue => {
  const instead = (): string => {
    const value = read();
    return value === undefined ? 'there is none' : `it is ${inspect(value, { depth: 4 })}`;
  };
  const value = (what: string, fits: (value: Json) => boolean): Promise<Json> =>
    wait(iotHub, {
      look: () => {
        const found = read();
        return found !== undefined && fits(found) ? found : undefined;
      },
      what: `${name} of ${key} ${what}`,
      instead,
    });
  return {
    is: (expected) => {
      // objects of jest's sandbox have prototypes of their own
      const plain: Json = JSON.parse(JSON.stringify(expected));
      return value(`to be ${inspect(expected, { depth: 4 })}`, (found) => isDeepStrictEqual(found, plain));
    },
    matches: (fits) => value('to match', fits),
    exists: () => value('to exist', () => true),
    isGone: () =>
      wait(iotHub, {
        look: () => read() === undefined || undefined,
        what: `${name} of ${key} to be gone`,
        instead,
      }).then(() => {}),
  };
};

const wait = <T>(iotHub: TestHub, wish: Wish<T>): Promise<T> => waitFor(iotHub.hub.events, wish, iotHub.patience);

const at = (values: JsonObject | undefined, path: string): Json | undefined => {
  let found: Json | undefined = values;
  for (const name of path.split('.')) found = isObject(found) ? own(found, name) : undefined;
  return found;
};

const summary = (iotHub: TestHub): string => {
  const counted = new Map<string, number>();
  for (const { type } of iotHub.heard()) counted.set(type, (counted.get(type) ?? 0) + 1);
  return [...counted].map(([type, count]) => `${count} ${type}`).join(', ') || 'none at all';
};
