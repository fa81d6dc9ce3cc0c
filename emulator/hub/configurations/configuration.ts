import { HubError } from '../../../protocol/errors.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { timestamp } from '../../kernel/clock.ts';
import { readEnvelope } from '../envelope.ts';
import { type ConfigurationContent, readContent } from './configuration-content.ts';
import { configurationRequest, type MetricResults } from './configuration-schema.ts';

/** An automatic configuration, or an edge deployment. Immutable; times in ms on the hub's clock. */
export interface Configuration {
  readonly id: string;
  readonly schemaVersion: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly content: ConfigurationContent;
  readonly targetCondition: string;
  readonly priority: number;
  /** Queries by name; the result is how many rows they have. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Number among all configurations of the hub, from 1: of two with the same priority the newer one wins. */
  readonly order: number;
  /** Counts writes; the etag is this number. */
  readonly etag: number;
}

/** The results of metrics when they were last counted. */
export interface Counted {
  readonly system: MetricResults;
  readonly custom: MetricResults;
}

/** The part of a configuration that callers can set, checked. */
export type ConfigurationSpec = Omit<Configuration, 'id' | 'createdAt' | 'updatedAt' | 'order' | 'etag'>;

/** Reads the body of a PUT. Throws ArgumentInvalid, InvalidConfigurationContent. */
export const readConfiguration = (id: string, body: Json, limits: Limits): ConfigurationSpec => {
  // https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management: lowercase only
  if (id.length > limits.idLength || !/^[a-z0-9\-+%_*!']+$/.test(id))
    throw new HubError('ArgumentInvalid', `The id must be 1 to ${limits.idLength} of a-z, 0-9 and - + % _ * ! '.`);
  const request = readEnvelope(configurationRequest(limits), body);
  if (request.id && request.id !== id)
    throw new HubError('ArgumentInvalid', 'id in the request body does not match the one in the URI.');
  return {
    schemaVersion: request.schemaVersion ?? null,
    labels: request.labels ?? null,
    content: readContent(request.content, limits),
    targetCondition: request.targetCondition ?? '',
    priority: request.priority ?? 0,
    metrics: request.metrics?.queries ?? {},
  };
};

/** base64 of the counter's decimal: 1 is `MQ==`. */
export const configurationEtag = ({ etag }: Configuration): string => btoa(String(etag));

/** Puts the winning one first. */
export const byPrecedence = (a: Configuration, b: Configuration): number =>
  b.priority - a.priority || b.order - a.order;

/**
 * The queries that the hub adds to a configuration; tools run them.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#monitor-a-configuration
 */
export const systemQueries = ({ id, content, targetCondition }: Configuration): Readonly<Record<string, string>> => {
  const condition = targetCondition.replace(/^\s*from\s+devices\.modules\s+where\s+/i, '');
  const applied = `configurations.[[${id}]].status = 'Applied'`;
  switch (content.kind) {
    case 'device':
    case 'module': {
      const from = content.kind === 'device' ? 'select deviceId from devices' : 'select deviceId from devices.modules';
      return { targetedCount: targeting(from, condition), appliedCount: `${from} where ${applied}` };
    }
    case 'edge': {
      const all = 'select deviceId from devices where capabilities.iotEdge = true';
      const agents = `select deviceId from devices.modules where moduleId = '$edgeAgent' and ${applied}`;
      const reporting = `${agents} and properties.desired.$version = properties.reported.lastDesiredVersion and properties.reported.lastDesiredStatus.code`;
      return {
        appliedCount: agents,
        reportedFailedCount: `${reporting} != 200`,
        reportedSuccessfulCount: `${reporting} = 200`,
        targetedCount: condition === '' ? '' : condition === '*' ? all : `${all} and ${condition}`,
      };
    }
    default:
      return content satisfies never;
  }
};

/** The document, members in the order of the service. */
export const renderConfiguration = (configuration: Configuration, counted: Counted | undefined): JsonObject => ({
  id: configuration.id,
  schemaVersion: configuration.schemaVersion,
  labels: configuration.labels,
  content: configuration.content.document,
  targetCondition: configuration.targetCondition,
  createdTimeUtc: timestamp(configuration.createdAt),
  lastUpdatedTimeUtc: timestamp(configuration.updatedAt),
  priority: configuration.priority,
  systemMetrics: { results: counted?.system ?? {}, queries: systemQueries(configuration) },
  metrics: { results: counted?.custom ?? {}, queries: configuration.metrics },
  etag: configurationEtag(configuration),
});

const targeting = (from: string, condition: string): string => {
  if (condition === '') return '';
  return condition === '*' ? from : `${from} where ${condition}`;
};
