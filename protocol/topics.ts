import { type IdentityKey, nameOf, resourceOf } from './identity-key.ts';
import { matchesTopic, reachesBelow } from './topic-filter.ts';

/** What a device can subscribe to; each is one topic filter. */
export const FEATURES = ['desired', 'twinResponses', 'methods', 'c2d', 'inputs'] as const;
export type Feature = (typeof FEATURES)[number];

/** What a device can publish, as read from its topic. */
export type Request =
  | { readonly type: 'telemetry'; readonly bag: string }
  | { readonly type: 'twinGet'; readonly rid: string | undefined }
  | { readonly type: 'twinPatch'; readonly rid: string | undefined; readonly version: string | undefined }
  | { readonly type: 'methodResponse'; readonly status: string; readonly rid: string };

const TWIN_GET = '$iothub/twin/GET/';
const TWIN_PATCH = '$iothub/twin/PATCH/properties/reported/';
const METHOD_RESPONSE = /^\$iothub\/methods\/res\/(-?\d{1,10})\/\?\$rid=(.+)$/s;

/**
 * Reads the topic of a PUBLISH by the identity `key`; undefined if that identity may not publish it.
 * https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
 */
export const parseRequest = (topic: string, key: IdentityKey): Request | undefined => {
  if (topic.startsWith(TWIN_GET)) {
    const query = queryOf(topic, TWIN_GET);
    return query && { type: 'twinGet', rid: query.rid };
  }
  if (topic.startsWith(TWIN_PATCH)) {
    const query = queryOf(topic, TWIN_PATCH);
    return query && { type: 'twinPatch', rid: query.rid, version: query.version };
  }
  const response = METHOD_RESPONSE.exec(topic);
  if (response?.[1] !== undefined && response[2] !== undefined)
    return { type: 'methodResponse', status: response[1], rid: response[2] };
  const bag = telemetryBag(topic, key);
  return bag === undefined ? undefined : { type: 'telemetry', bag };
};

/** The property bag after `devices/{d}[/modules/{m}]/messages/events`; undefined for any other topic. */
export const telemetryBag = (topic: string, key: IdentityKey): string | undefined => {
  const prefix = `${resourceOf(key)}/messages/events`;
  if (topic === prefix) return '';
  return topic.startsWith(`${prefix}/`) ? topic.slice(prefix.length + 1) : undefined;
};

/**
 * The features whose topics a filter of the identity `key` matches, all of them or some: a filter may be wider or narrower than
 * the documented one, but must begin with `$iothub` or the identity's own path. Empty for a filter that the hub does not grant.
 */
export const featuresOf = (filter: string, key: IdentityKey): readonly Feature[] => {
  const levels = ownSpelling(filter).split('/');
  if (!(startsWith(levels, ['$iothub']) || startsWith(levels, resourceOf(key).split('/')))) return [];
  return FEATURES.filter((feature) => feature !== 'inputs' || nameOf(key).moduleId !== undefined).filter((feature) =>
    reachesBelow(levels, filterOf(feature, key).split('/').slice(0, -1)),
  );
};

/** True if a message to `topic` matches the filter. */
export const isMatch = (filter: string, topic: string): boolean => matchesTopic(ownSpelling(filter), topic);

/** SDKs spell the topic of messages to a device in two ways. */
const ownSpelling = (filter: string): string => filter.replace('/messages/deviceBound', '/messages/devicebound');

const startsWith = (levels: readonly string[], root: readonly string[]): boolean =>
  levels.length > root.length && root.every((level, i) => levels[i] === level);

/** The topic filter to subscribe to for a feature. */
export const filterOf = (feature: Feature, key: IdentityKey): string => {
  switch (feature) {
    case 'twinResponses':
      return '$iothub/twin/res/#';
    case 'desired':
      return '$iothub/twin/PATCH/properties/desired/#';
    case 'methods':
      return '$iothub/methods/POST/#';
    case 'c2d':
      return `${resourceOf(key)}/messages/devicebound/#`;
    case 'inputs':
      return `${resourceOf(key)}/inputs/#`;
    default:
      return feature satisfies never;
  }
};

/** Hub to device. */
export const twinResponse = (status: number, rid: string, version?: number): string =>
  `$iothub/twin/res/${status}/?$rid=${rid}${version === undefined ? '' : `&$version=${version}`}`;
export const desiredPatch = (version: number): string => `$iothub/twin/PATCH/properties/desired/?$version=${version}`;
export const methodRequest = (methodName: string, rid: string): string =>
  `$iothub/methods/POST/${methodName}/?$rid=${rid}`;
export const cloudToDevice = (key: IdentityKey, bag: string): string =>
  `${resourceOf(key)}/messages/devicebound/${bag}`;
export const moduleInput = (key: IdentityKey, input: string, bag: string): string =>
  `${resourceOf(key)}/inputs/${input}/${bag}`;

/** Device to hub. */
export const twinGet = (rid: string): string => `${TWIN_GET}?$rid=${rid}`;
export const reportedPatch = (rid: string, version?: number): string =>
  `${TWIN_PATCH}?$rid=${rid}${version === undefined ? '' : `&$version=${version}`}`;
export const methodResponse = (status: number, rid: string): string => `$iothub/methods/res/${status}/?$rid=${rid}`;
export const telemetry = (key: IdentityKey, bag: string): string => `${resourceOf(key)}/messages/events/${bag}`;

interface TwinQuery {
  readonly rid: string | undefined;
  readonly version: string | undefined;
}

/** Reads `?$rid=…&$version=…` after a prefix. A missing query is an empty one; undefined for any other text. */
const queryOf = (topic: string, prefix: string): TwinQuery | undefined => {
  if (topic.length > prefix.length && topic[prefix.length] !== '?') return undefined;
  let rid: string | undefined;
  let version: string | undefined;
  for (let at = prefix.length + 1; at < topic.length; ) {
    const next = topic.indexOf('&', at);
    const end = next < 0 ? topic.length : next;
    const pair = topic.slice(at, end);
    rid ??= textBehind(pair, '$rid');
    version ??= textBehind(pair, '$version');
    at = end + 1;
  }
  return { rid, version };
};

/** The text after `name=` in a pair; '' for the name alone, undefined for another name. */
const textBehind = (pair: string, name: string): string | undefined => {
  if (!pair.startsWith(name)) return undefined;
  if (pair.length === name.length) return '';
  return pair[name.length] === '=' ? pair.slice(name.length + 1) : undefined;
};
