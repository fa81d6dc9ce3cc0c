import type { Json } from '../../../../protocol/json.ts';
import type { Source } from '../../api/stream.ts';

interface PlacedRow {
  readonly at: number;
  readonly row: Json;
}

interface Told {
  /** All rows, in their order. */
  rows(rows: readonly Json[]): void;
  /** It follows no longer. */
  ended(why: string): void;
}

/** Follows a live query until it is closed. Returns the way to close it. */
export const followRows = (source: Source, told: Told): (() => void) => {
  const known = new Map<number, Json>();
  const show = (rows: readonly PlacedRow[]): void => {
    for (const { at, row } of rows) known.set(at, row);
    told.rows([...known].sort(([a], [b]) => a - b).map(([, row]) => row));
  };
  const end = (why: string): void => {
    source.close();
    told.ended(why);
  };
  source.addEventListener('rows', ({ data }) => {
    known.clear();
    show(JSON.parse(data).rows);
  });
  source.addEventListener('changes', ({ data }) => {
    const { rows, removed } = JSON.parse(data);
    for (const at of removed) known.delete(at);
    show(rows);
  });
  source.addEventListener('end', ({ data }) => end(JSON.parse(data).why));
  source.addEventListener('error', () => {
    // a connection that was lost is made again by itself, a refusal is not
    if (source.readyState === CLOSED) end('The hub follows no more queries at present.');
  });
  return () => source.close();
};

const CLOSED = 2;
