import { isObject } from '../../../protocol/json.ts';
import type { Value } from './ast.ts';

/** The static type of an expression; `any` is a value from a body or a twin. */
export type Type = 'string' | 'number' | 'boolean' | 'null' | 'undefined' | 'any';

interface Signature {
  /** undefined: any type. */
  readonly takes: readonly (Type | undefined)[];
  /** Whether the last argument may be repeated. */
  readonly repeats?: boolean;
  readonly gives: Type;
  readonly body: (...args: readonly Value[]) => Value;
}

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language#query-expressions */
const numeric = (body: (x: number, y: number) => number): Signature['body'] => {
  return (x, y = 0) => (typeof x === 'number' && typeof y === 'number' ? defined(body(x, y)) : undefined);
};

const textual = (body: (x: string, y: string) => Value): Signature['body'] => {
  return (x, y = '') => (typeof x === 'string' && typeof y === 'string' ? body(x, y) : undefined);
};

const is = (test: (value: Value) => boolean): Signature => ({
  takes: [undefined],
  gives: 'boolean',
  body: (value) => test(value),
});
const ofNumber = (body: (x: number) => number): Signature => ({
  takes: ['number'],
  gives: 'number',
  body: numeric(body),
});
const ofText = (gives: Type, body: (x: string) => Value): Signature => ({
  takes: ['string'],
  gives,
  body: textual(body),
});
const ofTexts = (gives: Type, body: (x: string, y: string) => Value): Signature => ({
  takes: ['string', 'string'],
  gives,
  body: textual(body),
});

const SIGNATURES: ReadonlyMap<string, readonly Signature[]> = new Map<string, readonly Signature[]>([
  ['abs', [ofNumber(Math.abs)]],
  ['exp', [ofNumber(Math.exp)]],
  ['square', [ofNumber((x) => x * x)]],
  ['ceiling', [ofNumber(Math.ceil)]],
  ['floor', [ofNumber(Math.floor)]],
  ['sign', [ofNumber(Math.sign)]],
  ['sqrt', [ofNumber(Math.sqrt)]],
  ['power', [{ takes: ['number', 'number'], gives: 'number', body: numeric((x, y) => x ** y) }]],
  ['as_number', [ofText('number', asNumber), { takes: ['number'], gives: 'number', body: (x) => x }]],
  ['is_defined', [is((value) => value !== undefined)]],
  ['is_null', [is((value) => value === null)]],
  ['is_string', [is((value) => typeof value === 'string')]],
  // infinity is defined, but not a number, as in Routing.Core
  ['is_number', [is((value) => typeof value === 'number' && Number.isFinite(value))]],
  ['is_bool', [is((value) => typeof value === 'boolean')]],
  ['is_object', [is(isObject)]],
  ['is_array', [is(Array.isArray)]],
  ['is_primitive', [is((value) => value !== undefined && (value === null || typeof value !== 'object'))]],
  ['concat', [{ takes: ['string', 'string'], repeats: true, gives: 'string', body: concat }]],
  ['length', [ofText('number', (text) => text.length)]],
  ['lower', [ofText('string', (text) => text.toLowerCase())]],
  ['upper', [ofText('string', (text) => text.toUpperCase())]],
  ['index_of', [ofTexts('number', (text, part) => text.indexOf(part))]],
  ['starts_with', [ofTexts('boolean', (text, part) => text.startsWith(part))]],
  ['ends_with', [ofTexts('boolean', (text, part) => text.endsWith(part))]],
  ['contains', [ofTexts('boolean', (text, part) => text.includes(part))]],
  [
    'substring',
    [
      { takes: ['string', 'number'], gives: 'string', body: substring },
      { takes: ['string', 'number', 'number'], gives: 'string', body: substring },
    ],
  ],
]);

/** The overload of a function for arguments of these types; undefined if there is none. */
export const signatureOf = (name: string, types: readonly Type[]): Signature | undefined =>
  SIGNATURES.get(name)?.find((signature) => accepts(signature, types));

/** Applies the function of that name; undefined if it has no overload for such values. */
export const applyFunction = (name: string, args: readonly Value[]): Value => {
  const signatures = SIGNATURES.get(name) ?? [];
  const fitting = signatures.find((signature) => accepts(signature, args.map(typeOf)));
  return fitting?.body(...args);
};

/** True if the types are the same, or if one of them is `any` and the other defined. */
export const matches = (wanted: Type | undefined, given: Type): boolean =>
  wanted === undefined ||
  wanted === given ||
  (given === 'any' && wanted !== 'undefined') ||
  (wanted === 'any' && given !== 'undefined');

const accepts = ({ takes, repeats = false }: Signature, types: readonly Type[]): boolean =>
  (repeats ? types.length >= takes.length : types.length === takes.length) &&
  types.every((type, i) => matches(takes[Math.min(i, takes.length - 1)], type));

const typeOf = (value: Value): Type => {
  if (value === null) return 'null';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'undefined' ? type : 'any';
};

const defined = (x: number): Value => (Number.isNaN(x) ? undefined : x);

function asNumber(text: string): Value {
  return /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function concat(...texts: readonly Value[]): Value {
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

function substring(text: Value, start: Value, length: Value): Value {
  if (typeof text !== 'string' || !Number.isInteger(start) || typeof start !== 'number') return undefined;
  const count = length === undefined ? text.length - start : length;
  if (typeof count !== 'number' || !Number.isInteger(count)) return undefined;
  return start < 0 || count < 0 || start + count > text.length ? undefined : text.slice(start, start + count);
}
