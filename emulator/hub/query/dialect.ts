/**
 * The fixed choices of the query language. UNCERTAIN marks a best guess, where neither the documentation nor observed
 * behaviour settles the matter; each is one constant, so that better knowledge needs one edit only.
 */

/** Nesting of parentheses, NOT and unary minus; far more than a query written by hand has. */
export const DEEPEST_NESTING = 200;

/** Operators that nest to the left, such as `+`, in one text. AND, OR and columns do not nest: the length bounds them. */
export const MOST_OPERATORS = 500;

/** UNCERTAIN: a longer text may be refused with PreconditionFailed instead. */
export const TOO_LONG = 'ArgumentInvalid' as const;

/** UNCERTAIN: the page size if a request has no x-ms-max-item-count. */
export const DEFAULT_PAGE = 100;

/** UNCERTAIN: other reserved words may need `[[…]]` after a dot, too; they are accepted with a warning. */
export const REFUSED_AFTER_DOT: ReadonlySet<string> = new Set(['group']);

/** Words that are property names only in `[[…]]`. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'all and as asc avg by count desc false from group in max min nin not null or order select sum top true ' +
    'undefined where is_defined is_null is_string is_number is_bool is_object is_primitive is_array'
  ).split(' '),
);

/** Words that cannot be an alias, since they can follow one. UNCERTAIN: others may be refused, too. */
export const REFUSED_AS_ALIAS: ReadonlySet<string> = new Set(
  'as from where group by select and or not in nin'.split(' '),
);

/** UNCERTAIN: the name of the n-th column without a name, as Cosmos DB has it. */
export const unnamedColumn = (n: number): string => `$${n}`;

/** UNCERTAIN: whether values of different types are unequal (true) or incomparable (undefined). */
export const UNEQUAL_ACROSS_TYPES: boolean | undefined = true;

/** UNCERTAIN: the result of IS_STRING and the other type checks for a missing property. */
export const TYPE_OF_MISSING: boolean | undefined = false;

/** https://learn.microsoft.com/azure/iot-hub/query-twins: "GROUP BY is only supported when querying device twins". */
export const GROUPED_COLLECTIONS: ReadonlySet<string> = new Set(['devices']);

/** UNCERTAIN: the documented example queries `createdTimeUtc`, but the documented job has `createdDateTimeUtc`. */
export const JOB_NAME_ALIASES: Readonly<Record<string, string>> = { createdtimeutc: 'createdDateTimeUtc' };

/** UNCERTAIN: Microsoft's C# sample queries `id` and gets the device id. */
export const TWIN_NAME_ALIASES: Readonly<Record<string, string>> = { id: 'deviceId' };

/** UNCERTAIN: a configuration can have the metric `select *`, which names no collection and counts nothing. */
export const EMPTY_METRIC = /^\s*select\s*\*\s*$/i;
