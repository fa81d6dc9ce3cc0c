import type { Path } from './ast.ts';

/** Reads what a query is about to read of some rows; what it returns means nothing. */
export type Prefetch<R> = (rows: readonly R[]) => unknown;

/** Functions cached for the next query that reads the same. */
const CACHED = 64;
// biome-ignore lint/suspicious/noExplicitAny: the key tells which kind of rows a function is for
const cache = new Map<string, Prefetch<any>>();

/**
 * Reads one member of all rows, then the next one of all rows: the processor then fetches many of them from memory at a time.
 * A scan, which reads row after row, would wait for each, as what devices have reported is scattered in memory. `places`: the
 * members that lead from a row to each value. undefined: there is nothing to read.
 */
export const prefetchOf = <R>(places: readonly Path[]): Prefetch<R> | undefined => {
  if (places.every((members) => members.length === 0)) return undefined;
  const key = JSON.stringify(places);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = compiled<R>(places);
  if (cache.size === CACHED) cache.clear();
  if (made !== undefined) cache.set(key, made);
  return made;
};

/** A function with code of its own, as `readerBelow` makes them. Names are parameters: no text of a query becomes code. */
const compiled = <R>(places: readonly Path[]): Prefetch<R> | undefined => {
  const names = [...new Set(places.flat())];
  const value = (members: Path): string => `rows[i]${members.map((name) => `?.[name${names.indexOf(name)}]`).join('')}`;
  const loop = (condition: string): string => `for (let i = 0; i < rows.length; i++) if (${condition}) seen++;`;
  // what is counted makes V8 keep the loops
  const body = [
    ...stepsTo(places).map((members) => loop(`${value(members)} === undefined`)),
    ...places.map((members) => loop(`typeof ${value(members)} === 'string' && ${value(members)}.length === 0`)),
  ].join(' ');
  try {
    return new Function(...names.map((_, i) => `name${i}`), `let seen = 0; return (rows) => { ${body} return seen; };`)(
      ...names,
    );
  } catch {
    return undefined; // Node runs with --disallow-code-generation-from-strings
  }
};

/** What is read on the way to the places, each once, the nearest first. */
const stepsTo = (places: readonly Path[]): readonly Path[] => {
  const steps = new Map<string, Path>();
  for (const place of places)
    for (let n = 1; n <= place.length; n++) steps.set(JSON.stringify(place.slice(0, n)), place.slice(0, n));
  return [...steps.values()].sort((one, other) => one.length - other.length);
};
