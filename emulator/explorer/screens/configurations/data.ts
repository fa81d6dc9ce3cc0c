import type { JsonObject } from '../../../../protocol/json.ts';
import type { Configuration } from '../../api/documents.ts';

/** What the form holds. */
export interface Draft {
  readonly id: string;
  readonly targetCondition: string;
  readonly priority: number;
  /** JSON: the content's settings by path, such as `{"properties.desired.firmware": {…}}`. */
  readonly content: string;
  /** Name and query, one a line: `applied: SELECT …`. */
  readonly metrics: string;
}

export const NEW_DRAFT: Draft = {
  id: '',
  targetCondition: "tags.devicetype = 'chiller'",
  priority: 10,
  content: '{\n  "properties.desired.firmware": {\n    "version": "1.4.2"\n  }\n}',
  metrics: '',
};

export const draftOf = ({ id, targetCondition, priority, content, metrics }: Configuration): Draft => ({
  id,
  targetCondition,
  priority,
  content: JSON.stringify(content.deviceContent ?? content.moduleContent ?? content.modulesContent ?? {}, null, 2),
  metrics: Object.entries(metrics.queries)
    .map(([name, query]) => `${name}: ${query}`)
    .join('\n'),
});

/** The body of the PUT. Throws a SyntaxError or Error that says what is wrong. */
export const bodyOf = ({ id, targetCondition, priority, content, metrics }: Draft): JsonObject => {
  const settings: JsonObject = JSON.parse(content);
  const isOfModules = /^\s*FROM\s+devices\.modules/i.test(targetCondition);
  return {
    id,
    schemaVersion: '1.0',
    targetCondition,
    priority,
    content: isOfModules ? { moduleContent: settings } : { deviceContent: settings },
    metrics: { queries: Object.fromEntries(metrics.split('\n').flatMap(readMetric)) },
  };
};

const readMetric = (line: string): [string, string][] => {
  if (line.trim() === '') return [];
  const colon = line.indexOf(':');
  const [name, query] = [line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim()];
  if (name === '' || query === '') throw new Error(`A metric is written as “name: SELECT …”, not “${line}”.`);
  return [[name, query]];
};

/** As the portal names the system metrics. */
export const METRIC_TITLES: Readonly<Record<string, string>> = {
  targetedCount: 'Targeted',
  appliedCount: 'Applied',
  reportedSuccessfulCount: 'Reporting success',
  reportedFailedCount: 'Reporting failure',
};
