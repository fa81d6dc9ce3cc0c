import { z } from 'zod';
import type { Json } from './json.ts';

const text = (name: string) => z.string(`${name} must be a string`).nullish();

const texts = (name: string) => z.record(z.string(), z.string(`${name} must hold strings`)).nullish();

/** How many metrics of their own users may give a configuration. */
const MOST_METRICS = 5;

/**
 * The body of an automatic configuration; what the hub makes up itself is ignored.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#create-a-configuration
 */
export const ConfigurationRequest = z.object(
  {
    id: text('id'),
    schemaVersion: text('schemaVersion'),
    labels: texts('labels'),
    content: z.custom<Json>().optional(),
    targetCondition: text('targetCondition'),
    priority: z
      .int('priority must be a whole number')
      .min(0, 'priority must not be negative')
      .max(2_147_483_647, 'priority is too large')
      .nullish(),
    metrics: z
      .object({
        queries: texts('metrics.queries').refine(
          (queries) => Object.keys(queries ?? {}).length <= MOST_METRICS,
          `A configuration may have at most ${MOST_METRICS} custom metrics.`,
        ),
      })
      .nullish(),
  },
  'The request body must be a JSON object.',
);
export type ConfigurationRequest = z.output<typeof ConfigurationRequest>;

/** https://learn.microsoft.com/rest/api/iothub/service/configuration/test-queries */
export const TestQueriesRequest = z.object(
  { targetCondition: text('targetCondition'), customMetricQueries: texts('customMetricQueries') },
  'The request body must be a JSON object.',
);

/** How many twins a configuration targets, by name of metric. */
export type MetricResults = Readonly<Record<string, number>>;
