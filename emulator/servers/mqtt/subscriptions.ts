import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { isObject, type Json } from '../../../protocol/json.ts';
import { type Feature, filterOf, isMatch } from '../../../protocol/topics.ts';

/** The quality of service that was granted. */
export type Qos = 0 | 1;

/** One feature of one device or module. */
export interface Subscriber {
  readonly feature: Feature;
  readonly key: IdentityKey;
}

/**
 * What the hub keeps of the subscriptions to a feature: the quality of service of its documented filter, or that of each filter
 * if there are others. Undefined without a subscription.
 */
export type Setting = Json | undefined;

export const added = (setting: Setting, filter: string, qos: Qos, subscriber: Subscriber): Setting =>
  settingOf({ ...filtersIn(setting, subscriber), [filter]: qos }, subscriber);

export const removed = (setting: Setting, filter: string, subscriber: Subscriber): Setting => {
  const { [filter]: _, ...rest } = filtersIn(setting, subscriber);
  return settingOf(rest, subscriber);
};

/**
 * The quality of service of a message to `topic` of the feature, the highest of the filters that match; undefined if none
 * does. MQTT 3.1.1 §3.3.5
 */
export const qosFor = (setting: Setting, topic: string): Qos | undefined => {
  if (setting === undefined) return undefined;
  if (!isObject(setting)) return qosIn(setting); // the documented filter matches every topic of its feature
  const matching = Object.entries(setting).filter(([filter]) => isMatch(filter, topic));
  if (matching.length === 0) return undefined;
  return matching.some(([, qos]) => qos === 1) ? 1 : 0;
};

const filtersIn = (setting: Setting, { feature, key }: Subscriber): Readonly<Record<string, Json>> => {
  if (setting === undefined) return {};
  return isObject(setting) ? setting : { [filterOf(feature, key)]: qosIn(setting) };
};

const qosIn = (setting: Json): Qos => (setting === 1 ? 1 : 0);

const settingOf = (filters: Readonly<Record<string, Json>>, { feature, key }: Subscriber): Setting => {
  const names = Object.keys(filters);
  if (names.length === 0) return undefined;
  const documented = filterOf(feature, key);
  return names.length === 1 && names[0] === documented ? filters[documented] : filters;
};
