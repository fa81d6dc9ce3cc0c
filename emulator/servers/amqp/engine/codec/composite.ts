import { AmqpError, DecodeError } from '../errors.ts';
import { STRUCTURE } from '../limits.ts';
import { CODE } from './codes.ts';
import type { Decoder } from './decoder.ts';
import type { Encoder } from './encoder.ts';
import type { FieldType } from './fields.ts';

/** A field that must not be null. */
interface Mandatory<T> extends FieldType<T> {
  readonly isMandatory: true;
}

export const mandatory = <T>(type: FieldType<T>): Mandatory<T> => ({ ...type, isMandatory: true });

// biome-ignore lint/suspicious/noExplicitAny: a table of fields of any type; FieldsOf finds each type again
type Shape = Readonly<Record<string, FieldType<any>>>;
type ValueOf<F> = F extends FieldType<infer T> ? T : never;
type MandatoryKeys<S> = { [K in keyof S]: S[K] extends Mandatory<unknown> ? K : never }[keyof S];

/** The fields of a composite type; optional ones may be absent. */
export type FieldsOf<S extends Shape> = { readonly [K in MandatoryKeys<S>]: ValueOf<S[K]> } & {
  readonly [K in Exclude<keyof S, MandatoryKeys<S>>]?: ValueOf<S[K]> | undefined;
};

/** The same with the name of the composite type. */
export type Composed<C> = C extends Composite<infer N, infer S> ? { readonly type: N } & FieldsOf<S> : never;

/** A list with a name and a place for every field, part 1 §1.4. */
export class Composite<N extends string, S extends Shape> implements FieldType<FieldsOf<S>> {
  readonly type: N;
  readonly code: number;
  readonly #names: readonly string[];
  readonly #types: readonly (FieldType<unknown> & Partial<Mandatory<unknown>>)[];
  readonly #blank: Readonly<Record<string, unknown>>;
  readonly #typedBlank: Readonly<Record<string, unknown>>;

  constructor(type: N, code: number, shape: S) {
    this.type = type;
    this.code = code;
    this.#names = Object.keys(shape);
    this.#types = Object.values(shape);
    this.#blank = Object.fromEntries(this.#names.map((name) => [name, undefined]));
    this.#typedBlank = { type, ...this.#blank };
  }

  /** The symbolic form of the descriptor. */
  get symbol(): string {
    return `amqp:${this.type}:list`;
  }

  read(decoder: Decoder): FieldsOf<S> | undefined {
    if (decoder.peek() === CODE.null) {
      decoder.pass(1);
      return undefined;
    }
    const descriptor = decoder.descriptor();
    if (descriptor !== this.code && descriptor !== this.symbol)
      throw new DecodeError(`Expected ${this.type}, found descriptor ${descriptor}`);
    return this.readFields(decoder);
  }

  /** Reads what follows the descriptor. Throws AmqpError if a mandatory field is missing. */
  readFields(decoder: Decoder): FieldsOf<S> {
    // each field is read by the type that the shape gives it, and the mandatory ones are there
    return this.#read(decoder, { ...this.#blank }) as FieldsOf<S>;
  }

  /** The same, with the name of the type. */
  readTyped(decoder: Decoder): { readonly type: N } & FieldsOf<S> {
    // as above
    return this.#read(decoder, { ...this.#typedBlank }) as { readonly type: N } & FieldsOf<S>;
  }

  #read(decoder: Decoder, fields: Record<string, unknown>): Record<string, unknown> {
    const code = decoder.byte();
    if (code !== CODE.list8 && code !== CODE.list32 && code !== CODE.list0)
      throw new DecodeError(`${this.type} is not a list`);
    const list = decoder.open(code);
    if (list.count > STRUCTURE.fields)
      throw new DecodeError(`${this.type} has ${list.count} fields; at most ${STRUCTURE.fields} are allowed`);
    const known = Math.min(list.count, this.#names.length);
    for (let i = 0; i < known; i += 1) fields[this.#names[i] ?? ''] = this.#types[i]?.read(decoder);
    for (let i = known; i < list.count; i += 1) decoder.skip();
    decoder.close(list);
    this.#checkMandatory(fields);
    return fields;
  }

  #checkMandatory(fields: Readonly<Record<string, unknown>>): void {
    for (let i = 0; i < this.#names.length; i += 1)
      if (this.#types[i]?.isMandatory === true && fields[this.#names[i] ?? ''] === undefined)
        throw new AmqpError('amqp:invalid-field', `${this.type} lacks ${this.#names[i]}`);
  }

  /** Writes all fields, absent ones as null: some clients access fields by index without a look at their count. */
  write(encoder: Encoder, fields: FieldsOf<S>): void {
    encoder.descriptor(this.code);
    const mark = encoder.open(CODE.list32);
    const values: Readonly<Record<string, unknown>> = fields;
    for (let i = 0; i < this.#names.length; i += 1) {
      const value = values[this.#names[i] ?? ''];
      if (value === undefined) encoder.null();
      else this.#types[i]?.write(encoder, value);
    }
    encoder.close(mark, this.#names.length);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: composites of any shape
type AnyComposite = Composite<any, any>;

/** A field with one of several composite types; the value that is read contains `type`. */
export class OneOf<C extends AnyComposite> implements FieldType<Composed<C>> {
  readonly #kinds: ReadonlyMap<number | string, C>;

  constructor(...kinds: readonly C[]) {
    this.#kinds = new Map(
      kinds.flatMap((kind) => [[kind.code, kind] as const, [kind.symbol, kind] as const, [kind.type, kind] as const]),
    );
  }

  /** undefined for null and for a type that is not among them. */
  read(decoder: Decoder): Composed<C> | undefined {
    if (decoder.peek() !== CODE.described) {
      decoder.skip();
      return undefined;
    }
    const kind = this.#kinds.get(decoder.descriptor());
    // the kind was found by its descriptor, so it reads one of C
    if (kind !== undefined) return kind.readTyped(decoder) as Composed<C>;
    decoder.skip();
    return undefined;
  }

  write(encoder: Encoder, value: Composed<C>): void {
    this.#kinds.get(value.type)?.write(encoder, value);
  }
}
