import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../../../protocol/json.ts';

export interface Refusal {
  readonly status: number;
  readonly errorCode: string;
  readonly message?: string;
}

export interface Expectation {
  readonly itemType?: string;
  readonly ids?: readonly string[];
  readonly moduleIds?: readonly string[];
  readonly rows?: readonly JsonObject[];
  readonly count?: number;
  readonly error?: Refusal;
  readonly asyncFailure?: boolean;
}

export interface Vectors {
  readonly fleet: {
    readonly devices: readonly JsonObject[];
    readonly modules: readonly JsonObject[];
    readonly jobs: readonly JsonObject[];
  };
  readonly vectors: readonly {
    readonly id: string;
    readonly group?: string;
    readonly query: string;
    readonly expect: Expectation;
    readonly alternateIds?: readonly string[];
    readonly alternateError?: Refusal;
  }[];
  readonly paging: readonly {
    readonly query: string;
    readonly maxItemCount: number;
    readonly pages: readonly number[];
  }[];
  readonly targetConditions: readonly Condition[];
  readonly jobConditions: readonly Condition[];
  readonly metricQueries: readonly { readonly query: string; readonly accepted: boolean; readonly count?: number }[];
  readonly routing: {
    readonly message: {
      readonly systemProperties: Readonly<Record<string, string>>;
      readonly appProperties: Readonly<Record<string, string>>;
      readonly body: Json;
      readonly twin: JsonObject;
    };
    readonly vectors: readonly {
      readonly id: string;
      readonly condition: string;
      readonly expect: boolean | 'undefined' | 'compile-error';
    }[];
  };
}

interface Condition {
  readonly id: string;
  readonly condition: string;
  readonly expect: Expectation;
  readonly alternateIds?: readonly string[];
  readonly alternateError?: Refusal;
}

/**
 * Queries with their answers: `query-vectors` from the documentation and from observations of tools (see `source` of
 * each), `query-vectors-more` derived from the rules by hand.
 */
export const readVectors = (name: string): Vectors =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), 'utf8'));

/** How the vectors name an item. */
export const idOf = (item: Json): string => {
  const { deviceId, moduleId, jobId } = item as Record<string, string | undefined>; // all are documents
  if (jobId !== undefined) return `${jobId}@${deviceId}`;
  return moduleId === undefined ? `${deviceId}` : `${deviceId}/${moduleId}`;
};

/** Items as sorted texts with sorted properties: the order of rows is not specified. */
export const multiset = (items: readonly Json[]): readonly string[] =>
  items.map((item) => JSON.stringify(item, sorted)).sort();

const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
