import type { Path } from './ast.ts';
import { isInherited } from './members.ts';

/** Reads what a query is about to read of some rows, where there are any; what it returns means nothing. */
export type Prefetch<R> = (rows: readonly (R | undefined)[]) => unknown;

/** Where a row has a value: members that lead to a document, and a path in it. */
export interface Place {
  readonly root: readonly string[];
  readonly path: Path;
}

/** Functions cached for the next query that reads the same; undefined for what cannot be compiled. */
const CACHED = 64;
// biome-ignore lint/suspicious/noExplicitAny: a function reads any rows
const cache = new Map<string, Prefetch<any> | undefined>();

/** More values than this, or longer paths, take longer to compile and to read twice than a scan waits for them. */
const MOST_PLACES = 8;
const MOST_MEMBERS = 12;

/**
 * Reads one member of all rows, then the next one of all rows: the processor then fetches many of them from memory at a time.
 * A scan, which reads row after row, would wait for each, as what devices have reported is scattered in memory. undefined: there
 * is nothing to read, or too much.
 */
export const prefetchOf = <R>(places: readonly Place[]): Prefetch<R> | undefined => {
  // inherited members may be functions that throw
  const read = places.filter(({ path }) => !path.some(isInherited)).map(({ root, path }) => [...root, ...path]);
  if (read.length === 0 || read.length > MOST_PLACES || read.some((members) => members.length > MOST_MEMBERS))
    return undefined;
  const key = JSON.stringify(read);
  if (cache.has(key)) return cache.get(key);
  if (cache.size === CACHED) cache.clear();
  const made = compiled<R>(read);
  cache.set(key, made);
  return made;
};

/** A function with code of its own, as `readerBelow` makes them. Names are parameters: no text of a query becomes code. */
const compiled = <R>(places: readonly (readonly string[])[]): Prefetch<R> | undefined => {
  const names = [...new Set(places.flat())];
  const value = (members: readonly string[]): string =>
    `rows[i]${members.map((name) => `?.[name${names.indexOf(name)}]`).join('')}`;
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
const stepsTo = (places: readonly (readonly string[])[]) => {
  const steps = new Map<string, readonly string[]>();
  for (const place of places)
    for (let n = 1; n <= place.length; n++) steps.set(JSON.stringify(place.slice(0, n)), place.slice(0, n));
  return [...steps.values()].sort((one, other) => one.length - other.length);
};
