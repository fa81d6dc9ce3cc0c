import fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../../../protocol/json.ts';

/** A condition, independent of the parser: `judge` evaluates it by the documented rules. */
export type Formula =
  | { readonly is: 'compare'; readonly op: string; readonly left: Term; readonly right: Term }
  | { readonly is: 'in'; readonly negated: boolean; readonly left: Term; readonly list: readonly Scalar[] }
  | { readonly is: 'defined'; readonly path: string }
  | { readonly is: 'bare'; readonly path: string }
  | { readonly is: 'starts'; readonly path: string; readonly text: string }
  | { readonly is: 'not'; readonly part: Formula }
  | { readonly is: 'and' | 'or'; readonly parts: readonly [Formula, Formula] };

type Scalar = null | boolean | number | string;
type Term = { readonly path: string } | { readonly constant: Scalar };
type Verdict = boolean | undefined;

const path = fc.constantFrom('x', 'y', 'z', 'w');
const scalar = fc.constantFrom<Scalar>(0, 1, 2, -1, 'a', 'b', '1', "it's", true, false, null);
const term: fc.Arbitrary<Term> = fc.oneof(fc.record({ path }), fc.record({ constant: scalar }));

export const formula: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      is: fc.constant('compare' as const),
      op: fc.constantFrom('=', '=', '!=', '<>', '<', '<=', '>', '>='),
      left: term,
      right: term,
    }),
    fc.record({
      is: fc.constant('in' as const),
      negated: fc.boolean(),
      left: term,
      list: fc.array(scalar, { maxLength: 3 }),
    }),
    fc.record({ is: fc.constant('defined' as const), path }),
    fc.record({ is: fc.constant('bare' as const), path }),
    fc.record({ is: fc.constant('starts' as const), path, text: fc.constantFrom('', '1', 'a', 'ab', '\uffff') }),
    fc.record({ is: fc.constant('not' as const), part: tie('formula') }),
    fc.record({ is: fc.constantFrom('and' as const, 'or' as const), parts: fc.tuple(tie('formula'), tie('formula')) }),
  ),
})).formula;

/** The condition as a text. */
export const write = (condition: Formula): string => {
  switch (condition.is) {
    case 'compare':
      return `${writeTerm(condition.left)} ${condition.op} ${writeTerm(condition.right)}`;
    case 'in':
      return `${writeTerm(condition.left)} ${condition.negated ? 'NIN' : 'IN'} [${condition.list.map(writeScalar).join(', ')}]`;
    case 'defined':
      return `is_defined(tags.${condition.path})`;
    case 'bare':
      return `tags.${condition.path}`;
    case 'starts':
      return `STARTSWITH(tags.${condition.path}, ${writeScalar(condition.text)})`;
    case 'not':
      return `NOT (${write(condition.part)})`;
    default:
      return `(${write(condition.parts[0])}) ${condition.is.toUpperCase()} (${write(condition.parts[1])})`;
  }
};

/** Evaluates a condition by truth tables, without any code of the product: true, false or undefined. */
export const judge = (condition: Formula, document: JsonObject): Verdict => {
  switch (condition.is) {
    case 'compare':
      return compareTerms(condition.op, held(condition.left, document), held(condition.right, document));
    case 'in': {
      const left = held(condition.left, document);
      if (kindOf(left) === 'none') return undefined;
      const hit = condition.list.some((member) => kindOf(member) === kindOf(left) && String(member) === String(left));
      return condition.negated ? !hit : hit;
    }
    case 'defined':
      return held({ path: condition.path }, document) !== undefined;
    case 'bare': {
      const value = held({ path: condition.path }, document);
      return typeof value === 'boolean' ? value : undefined;
    }
    case 'starts': {
      const value = held({ path: condition.path }, document);
      return typeof value === 'string' ? value.slice(0, condition.text.length) === condition.text : undefined;
    }
    case 'not':
      return TABLE[`not ${judge(condition.part, document)}`];
    default:
      return TABLE[`${judge(condition.parts[0], document)} ${condition.is} ${judge(condition.parts[1], document)}`];
  }
};

const TABLE: Readonly<Record<string, Verdict>> = {
  'not true': false,
  'not false': true,
  'true and true': true,
  'true and false': false,
  'false and true': false,
  'false and false': false,
  'undefined and false': false,
  'false and undefined': false,
  'true or true': true,
  'true or false': true,
  'false or true': true,
  'false or false': false,
  'undefined or true': true,
  'true or undefined': true,
};

const held = (part: Term, { tags }: JsonObject): Json | undefined => {
  if ('constant' in part) return part.constant;
  return isObject(tags) ? tags[part.path] : undefined;
};

const kindOf = (value: Json | undefined): string => {
  if (value === null) return 'null';
  return value === undefined || typeof value === 'object' ? 'none' : typeof value;
};

const compareTerms = (op: string, left: Json | undefined, right: Json | undefined): Verdict => {
  if (kindOf(left) === 'none' || kindOf(right) === 'none') return undefined;
  const same = kindOf(left) === kindOf(right);
  if (!same) return op === '=' ? false : op === '!=' || op === '<>' ? true : undefined;
  const order = left === right ? 0 : rank(left) < rank(right) ? -1 : 1;
  return {
    '=': order === 0,
    '!=': order !== 0,
    '<>': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  }[op];
};

const rank = (value: Json | undefined): number | string =>
  typeof value === 'number' || typeof value === 'string' ? value : Number(value);

const writeTerm = (part: Term): string => ('path' in part ? `tags.${part.path}` : writeScalar(part.constant));

const writeScalar = (value: Scalar): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
