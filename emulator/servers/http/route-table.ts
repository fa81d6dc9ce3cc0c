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
  const mounts = new Map<string, Mount<R>[][]>(); // by method and number of segments
  for (const row of rows) {
    const parts = row.path.split('/').filter((part) => part !== '');
    const byLength = mounts.get(row.method) ?? [];
    const alike = byLength[parts.length] ?? [];
    alike.push(mountOf(row, parts.map(readPart)));
    byLength[parts.length] = alike;
    mounts.set(row.method, byLength);
  }
  for (const byLength of mounts.values())
    byLength.forEach((alike) => {
      alike.sort((a, b) => a.shape - b.shape);
    });
  const find: Mounted<R>['find'] = (method, segments) => {
    for (const mount of mounts.get(method)?.[segments.length] ?? [])
      if (matches(mount, segments)) return { row: mount.row, params: paramsOf(mount, segments) };
    return undefined;
  };
  const methods = [...mounts.keys()].sort();
  return { find, methods: (segments) => methods.filter((method) => find(method, segments) !== undefined) };
};

interface Part {
  readonly literal: string | undefined;
  readonly name: string;
}

interface Mount<R> {
  readonly row: R;
  readonly parts: readonly Part[];
  /** One binary digit per segment, 1 for a parameter: fewer and later parameters come first. */
  readonly shape: number;
}

const mountOf = <R>(row: R, parts: readonly Part[]): Mount<R> => ({
  row,
  parts,
  shape: parts.reduce((shape, { literal }) => shape * 2 + (literal === undefined ? 1 : 0), 0),
});

const readPart = (part: string): Part =>
  part.startsWith(':') ? { literal: undefined, name: part.slice(1) } : { literal: part.toLowerCase(), name: '' };

const matches = <R>({ parts }: Mount<R>, segments: readonly string[]): boolean =>
  parts.every(({ literal }, i) => {
    const segment = segments[i];
    return literal === undefined || literal === segment || literal === segment?.toLowerCase();
  });

const paramsOf = <R>({ parts }: Mount<R>, segments: readonly string[]): Params => {
  const params: Record<string, string> = {};
  parts.forEach(({ literal, name }, i) => {
    if (literal === undefined) params[name] = segments[i] ?? '';
  });
  return params;
};
