import { z } from 'zod';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { optionalText } from '../envelope.ts';

const texts = (name: string) => z.record(z.string(), z.string(`${name} must hold strings`)).nullish();

/**
 * The body of an automatic configuration; members that only the hub sets are ignored.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management#create-a-configuration
 */
export const configurationRequest = (limits: Limits) =>
  z.object(
    {
      id: optionalText('id'),
      schemaVersion: optionalText('schemaVersion'),
      labels: texts('labels'),
      content: z.custom<Json>().optional(),
      targetCondition: optionalText('targetCondition'),
      priority: z
        .int('priority must be a whole number')
        .min(0, 'priority must not be negative')
        .max(2_147_483_647, 'priority is too large')
        .nullish(),
      metrics: z
        .object({
          queries: texts('metrics.queries').refine(
            (queries) => Object.keys(queries ?? {}).length <= limits.metricsPerConfiguration,
            `A configuration may have at most ${limits.metricsPerConfiguration} custom metrics.`,
          ),
        })
        .nullish(),
    },
    'The request body must be a JSON object.',
  );

/** https://learn.microsoft.com/rest/api/iothub/service/configuration/test-queries */
export const TestQueriesRequest = z.object(
  { targetCondition: optionalText('targetCondition'), customMetricQueries: texts('customMetricQueries') },
  'The request body must be a JSON object.',
);

/** How many twins a configuration targets, by name of metric. */
export type MetricResults = Readonly<Record<string, number>>;
