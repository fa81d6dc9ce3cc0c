import { type IdentityKey, nameOf } from './identity-key.ts';

/** What a device may listen to; each is one topic filter. */
export const FEATURES = ['desired', 'twinResponses', 'methods', 'c2d', 'inputs'] as const;
export type Feature = (typeof FEATURES)[number];

/** What a device may publish, read from its topic. */
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

/** The bag behind `devices/{d}[/modules/{m}]/messages/events`, undefined for any other topic. */
export const telemetryBag = (topic: string, key: IdentityKey): string | undefined => {
  const prefix = `${rootOf(key)}/messages/events`;
  if (topic === prefix) return '';
  return topic.startsWith(`${prefix}/`) ? topic.slice(prefix.length + 1) : undefined;
};

/** The feature behind a topic filter of the identity `key`; undefined for filters that the hub does not serve. */
export const parseFilter = (filter: string, key: IdentityKey): Feature | undefined => {
  const root = rootOf(key);
  switch (filter) {
    case '$iothub/twin/res/#':
      return 'twinResponses';
    case '$iothub/twin/PATCH/properties/desired/#':
      return 'desired';
    case '$iothub/methods/POST/#':
      return 'methods';
    case `${root}/messages/devicebound/#`:
    case `${root}/messages/deviceBound/#`:
      return 'c2d';
    case `${root}/inputs/#`:
    case `${root}/#`:
      return nameOf(key).moduleId === undefined ? undefined : 'inputs';
    default:
      return undefined;
  }
};

/** The device end of the same table: filters to subscribe. */
export const filterOf = (feature: Feature, key: IdentityKey): string => {
  switch (feature) {
    case 'twinResponses':
      return '$iothub/twin/res/#';
    case 'desired':
      return '$iothub/twin/PATCH/properties/desired/#';
    case 'methods':
      return '$iothub/methods/POST/#';
    case 'c2d':
      return `${rootOf(key)}/messages/devicebound/#`;
    case 'inputs':
      return `${rootOf(key)}/inputs/#`;
    default:
      return feature satisfies never;
  }
};

/** `devices/{d}` or `devices/{d}/modules/{m}`. */
export const rootOf = (key: IdentityKey): string => {
  const { deviceId, moduleId } = nameOf(key);
  return moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
};

/** Hub to device. */
export const twinResponse = (status: number, rid: string, version?: number): string =>
  `$iothub/twin/res/${status}/?$rid=${rid}${version === undefined ? '' : `&$version=${version}`}`;
export const desiredPatch = (version: number): string => `$iothub/twin/PATCH/properties/desired/?$version=${version}`;
export const methodRequest = (methodName: string, rid: string): string =>
  `$iothub/methods/POST/${methodName}/?$rid=${rid}`;
export const cloudToDevice = (key: IdentityKey, bag: string): string => `${rootOf(key)}/messages/devicebound/${bag}`;
export const moduleInput = (key: IdentityKey, input: string, bag: string): string =>
  `${rootOf(key)}/inputs/${input}/${bag}`;

/** Device to hub. */
export const twinGet = (rid: string): string => `${TWIN_GET}?$rid=${rid}`;
export const reportedPatch = (rid: string, version?: number): string =>
  `${TWIN_PATCH}?$rid=${rid}${version === undefined ? '' : `&$version=${version}`}`;
export const methodResponse = (status: number, rid: string): string => `$iothub/methods/res/${status}/?$rid=${rid}`;
export const telemetry = (key: IdentityKey, bag: string): string => `${rootOf(key)}/messages/events/${bag}`;

interface TwinQuery {
  readonly rid: string | undefined;
  readonly version: string | undefined;
}

/** `?$rid=…&$version=…` behind a prefix; a missing query is an empty one, any other tail no request of the hub. */
const queryOf = (topic: string, prefix: string): TwinQuery | undefined => {
  if (topic.length > prefix.length && topic[prefix.length] !== '?') return undefined;
  let rid: string | undefined;
  let version: string | undefined;
  for (let at = prefix.length + 1; at < topic.length; ) {
    const next = topic.indexOf('&', at);
    const end = next < 0 ? topic.length : next;
    rid ??= textBehind(topic.slice(at, end), '$rid');
    version ??= textBehind(topic.slice(at, end), '$version');
    at = end + 1;
  }
  return { rid, version };
};

/** What stands behind `name=` in a pair; '' for the bare name, undefined for another one. */
const textBehind = (pair: string, name: string): string | undefined => {
  if (!pair.startsWith(name)) return undefined;
  if (pair.length === name.length) return '';
  return pair[name.length] === '=' ? pair.slice(name.length + 1) : undefined;
};
