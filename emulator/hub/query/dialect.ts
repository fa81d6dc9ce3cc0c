/**
 * The language's fixed choices. Those marked UNCERTAIN are the best guess where neither the documentation nor observed
 * behaviour settles the matter; each is one constant, so that one edit follows better knowledge.
 */

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#get-started */
export const LONGEST_TEXT = 8192;

/** Nesting of parentheses, NOT and unary minus; no query of a person comes near. */
export const DEEPEST_NESTING = 200;

/** Operators that nest to the left, such as `+`, in one text; AND, OR and columns do not, so the length alone bounds them. */
export const MOST_OPERATORS = 500;

/** UNCERTAIN: a longer text may be refused with PreconditionFailed instead. */
export const TOO_LONG = 'ArgumentInvalid' as const;

/** https://learn.microsoft.com/azure/iot-hub/query-twins: up to 100; more is clamped, not refused. */
export const LARGEST_PAGE = 100;

/** UNCERTAIN: without x-ms-max-item-count. */
export const DEFAULT_PAGE = 100;

/** UNCERTAIN: other reserved words may need `[[…]]` after a dot too; they are let pass with a warning. */
export const REFUSED_AFTER_DOT: ReadonlySet<string> = new Set(['group']);

/** Words that name no property unless they stand in `[[…]]`. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'all and as asc avg by count desc false from group in max min nin not null or order select sum top true ' +
    'undefined where is_defined is_null is_string is_number is_bool is_object is_primitive is_array'
  ).split(' '),
);

/** Words that cannot be an alias, being what comes after one. UNCERTAIN: others may be refused too. */
export const REFUSED_AS_ALIAS: ReadonlySet<string> = new Set(
  'as from where group by select and or not in nin'.split(' '),
);

/** UNCERTAIN: the name of the n-th column that has none; Cosmos' convention. */
export const unnamedColumn = (n: number): string => `$${n}`;

/** UNCERTAIN: whether values of different types are unequal (true) or incomparable (undefined). */
export const UNEQUAL_ACROSS_TYPES: boolean | undefined = true;

/** UNCERTAIN: IS_STRING and its like on a missing property. */
export const TYPE_OF_MISSING: boolean | undefined = false;

/** https://learn.microsoft.com/azure/iot-hub/query-twins: "GROUP BY is only supported when querying device twins". */
export const GROUPED_COLLECTIONS: ReadonlySet<string> = new Set(['devices']);

/** UNCERTAIN: the documented jobs example asks for `createdTimeUtc`, the documented job has `createdDateTimeUtc`. */
export const JOB_NAMES_MEANT: Readonly<Record<string, string>> = { createdtimeutc: 'createdDateTimeUtc' };

/** UNCERTAIN: Microsoft's C# sample asks for `id` and gets the device's id. */
export const TWIN_NAMES_MEANT: Readonly<Record<string, string>> = { id: 'deviceId' };

/** UNCERTAIN: a configuration is stored with `select *` as a metric, which names no collection and counts nothing. */
export const EMPTY_METRIC = /^\s*select\s*\*\s*$/i;
