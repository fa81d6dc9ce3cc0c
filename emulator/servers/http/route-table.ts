export type { ParamsOf } from '../../../protocol/path.ts';

/** What every table of routes has in its rows: a method and a path such as `/twins/:deviceId`. */
export interface Row {
  readonly method: string;
  readonly path: string;
}

export type Params = Readonly<Record<string, string>>;

export interface Mounted<R> {
  find(method: string, segments: readonly string[]): { readonly row: R; readonly params: Params } | undefined;
  /** The methods that the path accepts; none for an unknown path. */
  methods(segments: readonly string[]): readonly string[];
}

/** Makes a table searchable: literal segments match in any case and take precedence over parameters, in any order of rows. */
export const mount = <R extends Row>(rows: readonly R[]): Mounted<R> => {
  const byShape = new Map<number, Mount<R>[]>();
  for (const row of rows) {
    const parts = row.path.split('/').filter((part) => part !== '');
    const mounts = byShape.get(parts.length) ?? [];
    byShape.set(parts.length, [...mounts, { row, parts: parts.map(readPart) }].sort(literalsFirst));
  }
  const mountsOf = (segments: readonly string[]): readonly Mount<R>[] => byShape.get(segments.length) ?? [];
  return {
    find(method, segments) {
      for (const found of mountsOf(segments))
        if (found.row.method === method && matches(found, segments))
          return { row: found.row, params: paramsOf(found, segments) };
      return undefined;
    },
    methods(segments) {
      const fitting = mountsOf(segments).filter((candidate) => matches(candidate, segments));
      return [...new Set(fitting.map(({ row }) => row.method))].sort();
    },
  };
};

interface Part {
  readonly literal: string | undefined;
  readonly name: string;
}

interface Mount<R> {
  readonly row: R;
  readonly parts: readonly Part[];
}

const readPart = (part: string): Part =>
  part.startsWith(':') ? { literal: undefined, name: part.slice(1) } : { literal: part.toLowerCase(), name: '' };

const literalsFirst = <R>(a: Mount<R>, b: Mount<R>): number => shapeOf(a) - shapeOf(b);

const matches = <R>({ parts }: Mount<R>, segments: readonly string[]): boolean => {
  for (const [i, { literal }] of parts.entries()) {
    const segment = segments[i] ?? '';
    if (literal !== undefined && literal !== segment && literal !== segment.toLowerCase()) return false;
  }
  return true;
};

/** One binary digit per segment, 1 for a parameter: fewer and later parameters come first. */
const shapeOf = <R>({ parts }: Mount<R>): number =>
  parts.reduce((shape, { literal }) => shape * 2 + (literal === undefined ? 1 : 0), 0);

const paramsOf = <R>({ parts }: Mount<R>, segments: readonly string[]): Params => {
  const params: Record<string, string> = {};
  for (const [i, { literal, name }] of parts.entries()) if (literal === undefined) params[name] = segments[i] ?? '';
  return params;
};
