import type { z } from 'zod';
import type { ParamsOf } from '../path.ts';

/** One operation of the emulator's own API: what goes in and what comes out. */
export interface Operation {
  /** In a few words, for people. */
  readonly summary: string;
  /** True if it needs no token: for health checks, and for programs that do not have the CA yet. */
  readonly open?: boolean;
  /** True if it changes nothing in the hub, although it is not a GET. */
  readonly isRead?: boolean;
  readonly query?: z.ZodObject;
  /** A JSON body; an empty body counts as `{}`. */
  readonly body?: z.ZodType;
  /** The media types of a body that is not checked against a schema. */
  readonly accepts?: readonly string[];
  /** Describes the JSON form of such a body. */
  readonly accepted?: z.ZodType;
  /** The largest body, bytes; 1 MiB if not given. */
  readonly bodyLimit?: number;
  /** A JSON answer. Without it and without `produces` the answer is 204 and has no content. */
  readonly answer?: z.ZodType;
  /** The media types of other answers. */
  readonly produces?: readonly string[];
}

/** Operations by method and path, such as `GET /twins/:deviceId`. */
export type Operations = Readonly<Record<string, Operation>>;

/** The value that a schema gives; undefined for operations without that schema. */
export type OutputOf<T, Name extends 'query' | 'body' | 'answer'> = T extends {
  readonly [N in Name]: infer S extends z.ZodType;
}
  ? z.output<S>
  : undefined;

/** Values as they can be sent: a server need not have mutable ones. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: DeepReadonly<T[Name]> }
    : T;

export type ParamsIn<O extends string> = O extends `${string} ${infer Path}` ? ParamsOf<Path> : never;

/** What a client sends. */
export type Call<O extends string, T extends Operation> = ([keyof ParamsIn<O>] extends [never]
  ? object
  : { readonly params: ParamsIn<O> }) &
  (T extends { readonly query: infer Q extends z.ZodType } ? { readonly query?: DeepReadonly<z.input<Q>> } : object) &
  (T extends { readonly accepts: readonly string[] }
    ? { readonly body: string }
    : T extends { readonly body: infer B extends z.ZodType }
      ? { readonly body?: DeepReadonly<z.input<B>> }
      : object);

/** What a server answers. */
export type Answered<T extends Operation> = T extends { readonly answer: infer A extends z.ZodType }
  ? DeepReadonly<z.input<A>>
  : undefined;

/** Where an operation is called: the path with its parameters and query. */
export const targetOf = (
  operation: string,
  call: { readonly params?: Readonly<Record<string, string>>; readonly query?: object },
): { readonly method: string; readonly path: string } => {
  const [method = '', path = ''] = operation.split(' ', 2);
  const filled = path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(call.params?.[name] ?? ''));
  const query = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(String(value))}`],
  );
  return { method, path: query.length === 0 ? filled : `${filled}?${query.join('&')}` };
};
