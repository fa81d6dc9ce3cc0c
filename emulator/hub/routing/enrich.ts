import { isObject, type Json, type JsonObject, own } from '../../../protocol/json.ts';
import type { Enrichment } from '../../../protocol/routing.ts';

/** What enrichments can name. */
export interface EnrichmentSources {
  /** The first part of the hub's host name. */
  readonly hubName: string;
  /** The twin of the sender. */
  readonly twin: JsonObject | undefined;
}

/**
 * Application properties that enrichments add. A path that leads nowhere is stamped as it is written.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview
 */
export const stampsOf = (
  enrichments: readonly Enrichment[],
  sources: EnrichmentSources,
): Readonly<Record<string, string>> =>
  Object.fromEntries(enrichments.map(({ key, value }) => [key, stampFor(value, sources)]));

const stampFor = (value: string, { hubName, twin }: EnrichmentSources): string => {
  if (value.toLowerCase() === '$iothubname') return hubName;
  if (!/^\$twin\./i.test(value)) return value;
  const found = value.split('.').slice(1).reduce(memberOf, twin);
  if (found === undefined || found === null) return value;
  // UNCERTAIN: how the service writes objects and arrays
  return typeof found === 'string' ? found : JSON.stringify(found);
};

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? own(value, name) : undefined;
