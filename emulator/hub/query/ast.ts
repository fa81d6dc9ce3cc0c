import type { Json } from '../../../protocol/json.ts';

export type Scalar = null | boolean | number | string;

/** What an expression comes to; `undefined` is the language's own third truth value. */
export type Value = Json | undefined;

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** Members from the document's root, names as the document has them. */
export type Path = readonly string[];

/** A condition or a value; built by a front end, run by the evaluator. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar | undefined }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'among';
      readonly operand: Expression;
      readonly list: readonly Scalar[];
      readonly negated: boolean;
    }
  | { readonly kind: 'arithmetic'; readonly op: Arithmetic; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | { readonly kind: 'coalesce'; readonly left: Expression; readonly right: Expression };

export type Fold = 'sum' | 'avg' | 'min' | 'max';

/** One member of a result row. */
export type Column =
  | { readonly kind: 'path'; readonly name: string; readonly path: Path }
  | { readonly kind: 'count'; readonly name: string }
  | { readonly kind: 'fold'; readonly name: string; readonly path: Path; readonly fold: Fold };

export type CollectionName = 'devices' | 'devices.modules' | 'devices.jobs';

/** A query that the hub accepts. */
export interface Query {
  readonly text: string;
  readonly from: CollectionName;
  /** `undefined` = SELECT *. */
  readonly columns: readonly Column[] | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Path[];
  readonly top: number | undefined;
  /** Accepted here, perhaps not by a real hub. */
  readonly warnings: readonly string[];
}

/** True when rows are combined rather than listed. */
export const isGrouped = (query: Query): boolean =>
  query.groupBy.length > 0 || (query.columns?.some((column) => column.kind !== 'path') ?? false);
