import { readFileSync } from 'node:fs';

/** One operation or topic of the service. */
export interface Entry {
  readonly group?: string;
  /** Such as `GET /devices/{deviceId}` or `SUBSCRIBE $iothub/twin/res/#`. */
  readonly operation: string;
  /** Names of the errors that the service is known to return. */
  readonly errors: readonly string[];
  /** Why the emulator does not have it. */
  readonly absent?: string;
}

/** The operations of the service, from its documentation and SDKs. */
export interface Contract {
  readonly operations: readonly Entry[];
  readonly topics: readonly Entry[];
  /** Errors that the emulator never returns by itself, and why. */
  readonly unseen: readonly { readonly why: string; readonly errors: readonly string[] }[];
}

export const contract: Contract = JSON.parse(readFileSync(new URL('contract.json', import.meta.url), 'utf8'));

/** The contract's name of a route, a topic filter or a topic. */
export const inWordsOfContract = (verb: string, subject: string): string =>
  subject.startsWith('/') ? `${verb} ${subject.replace(/:(\w+)/g, '{$1}')}` : `${verb} ${shapeOf(subject)}`.trim();

const ID = '[^/]+';
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^\$iothub\/twin\/GET\//, '$iothub/twin/GET/?$rid={rid}'],
  [/^\$iothub\/twin\/PATCH\/properties\/reported\//, '$iothub/twin/PATCH/properties/reported/?$rid={rid}'],
  [/^\$iothub\/twin\/PATCH\/properties\/desired\/\?/, '$iothub/twin/PATCH/properties/desired/?$version={version}'],
  [/^\$iothub\/methods\/POST\/[^#]/, '$iothub/methods/POST/{methodName}/?$rid={rid}'],
  [/^\$iothub\/methods\/res\//, '$iothub/methods/res/{status}/?$rid={rid}'],
  [/^\$iothub\/streams\//, '$iothub/streams/{name}'],
  [new RegExp(`^devices/${ID}/messages/events(?:/|$)`), 'devices/{deviceId}/messages/events/{bag}'],
  [
    new RegExp(`^devices/${ID}/modules/${ID}/messages/events(?:/|$)`),
    'devices/{deviceId}/modules/{moduleId}/messages/events/{bag}',
  ],
  [new RegExp(`^devices/${ID}/messages/devicebound/#$`, 'i'), 'devices/{deviceId}/messages/devicebound/#'],
  [new RegExp(`^devices/${ID}/messages/devicebound/`, 'i'), 'devices/{deviceId}/messages/devicebound/{bag}'],
  [new RegExp(`^devices/${ID}/modules/${ID}/(?:inputs/)?#$`), 'devices/{deviceId}/modules/{moduleId}/inputs/#'],
  [new RegExp(`^devices/${ID}/modules/${ID}/inputs/`), 'devices/{deviceId}/modules/{moduleId}/inputs/{input}/{bag}'],
];

const shapeOf = (topic: string): string => SHAPES.find(([pattern]) => pattern.test(topic))?.[1] ?? topic;
