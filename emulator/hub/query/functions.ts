import { isObject } from '../../../protocol/json.ts';
import type { Value } from './ast.ts';
import { TYPE_OF_MISSING } from './dialect.ts';

/** A function of the language; a missing argument is `undefined`. */
export type Body = (first: Value, second: Value) => Value;

/** The number of arguments that a function takes; undefined if there is no such function. */
export const arityOf = (name: string): number | undefined => FUNCTIONS.get(name)?.arity;

/** What a function computes; undefined if there is no such function. */
export const bodyOf = (name: string): Body | undefined => FUNCTIONS.get(name)?.body;

const typed =
  (test: (value: Exclude<Value, undefined>) => boolean): Body =>
  (value) =>
    value === undefined ? TYPE_OF_MISSING : test(value);

const ofTexts =
  (test: (text: string, part: string) => boolean): Body =>
  (text, part) =>
    typeof text === 'string' && typeof part === 'string' ? test(text, part) : undefined;

const isScalar = (value: Value): boolean => value === null || typeof value !== 'object';

/** Only IS_DEFINED is documented; the others occur in Microsoft's tools and in the grammar of Microsoft's hub mock. */
const FUNCTIONS: ReadonlyMap<string, { readonly arity: number; readonly body: Body }> = new Map([
  ['is_defined', { arity: 1, body: (value: Value) => value !== undefined }],
  ['startswith', { arity: 2, body: ofTexts((text, part) => text.startsWith(part)) }],
  ['endswith', { arity: 2, body: ofTexts((text, part) => text.endsWith(part)) }],
  ['is_null', { arity: 1, body: typed((value) => value === null) }],
  ['is_string', { arity: 1, body: typed((value) => typeof value === 'string') }],
  ['is_number', { arity: 1, body: typed((value) => typeof value === 'number') }],
  ['is_bool', { arity: 1, body: typed((value) => typeof value === 'boolean') }],
  ['is_object', { arity: 1, body: typed(isObject) }],
  ['is_array', { arity: 1, body: typed(Array.isArray) }],
  ['is_primitive', { arity: 1, body: typed(isScalar) }],
  ['array_contains', { arity: 2, body: arrayContains }],
]);

function arrayContains(list: Value, wanted: Value): Value {
  if (!Array.isArray(list) || !isScalar(wanted) || wanted === undefined) return undefined;
  return list.includes(wanted);
}
