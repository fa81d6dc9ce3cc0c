import type { Json } from '../../../protocol/json.ts';

export type Scalar = null | boolean | number | string;

/** What an expression evaluates to; `undefined` is the language's own third truth value. */
export type Value = Json | undefined;

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** Property names from the root of a document, in the case that the document uses. */
export type Path = readonly string[];

/** The syntax tree of a condition or a value: built by a parser, compiled by `evaluate.ts`. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar | undefined }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly list: readonly Scalar[];
      readonly negated: boolean;
    }
  | { readonly kind: 'arithmetic'; readonly op: Arithmetic; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | { readonly kind: 'coalesce'; readonly left: Expression; readonly right: Expression };

/** The aggregate functions other than COUNT. */
export type Aggregate = 'sum' | 'avg' | 'min' | 'max';

/** One property of a result row. */
export type Column =
  | { readonly kind: 'path'; readonly name: string; readonly path: Path }
  | { readonly kind: 'count'; readonly name: string }
  | { readonly kind: 'aggregate'; readonly name: string; readonly path: Path; readonly aggregate: Aggregate };

export type CollectionName = 'devices' | 'devices.modules' | 'devices.jobs';

/** A valid query. */
export interface Query {
  readonly text: string;
  readonly from: CollectionName;
  /** undefined: SELECT *. */
  readonly columns: readonly Column[] | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Path[];
  readonly top: number | undefined;
  /** What is accepted here, but perhaps not by IoT Hub. */
  readonly warnings: readonly string[];
}

/** True if the result has one row per group rather than one per device. */
export const isGrouped = (query: Query): boolean =>
  query.groupBy.length > 0 || (query.columns?.some((column) => column.kind !== 'path') ?? false);
