import type { JsonObject } from '../../protocol/json.ts';
import { type Delta, withDelta } from './delta-1.ts';
import { STATE } from './row-text.ts';
import { chunkText, keyOfChunk, keyOfNote, PORTION, SNAPSHOTS } from './snapshot-texts.ts';
import type { KeptRow, StateStore, Write } from './state-store.ts';

/** Where format 1 has rows of snapshots: by name, space and key. */
const ROWS = 'snapshot\0';
/** Spaces with rows that have changes in rows of their own, after them. */
const LARGE = ['devices', 'modules'];

/** Writes rows with their changes as a whole, and the rows of snapshots many at a time. */
export async function* FROM_FORMAT_1(store: StateStore): AsyncGenerator<readonly Write[]> {
  yield* wholeRows(store);
  const spaces = new Map<string, Record<string, [rows: number, chunks: number]>>();
  for await (const { name, space, rows } of rowsOfSnapshots(store)) {
    const counts = spaces.get(name) ?? {};
    const [known, chunks] = counts[space] ?? [0, 0];
    counts[space] = [known + rows.length, chunks + 1];
    spaces.set(name, counts);
    yield [{ key: keyOfChunk(name, space, chunks), text: chunkText(rows) }];
  }
  for await (const notes of store.scan(SNAPSHOTS)) yield notes.map((note) => noteFrom(note, spaces));
}

/** Removes the rows of snapshots that are kept many at a time by now. */
export async function* FROM_FORMAT_2(store: StateStore): AsyncGenerator<readonly Write[]> {
  for await (const rows of store.scan(ROWS)) yield rows.map(({ key }) => ({ key, text: undefined }));
}

async function* wholeRows(store: StateStore): AsyncGenerator<readonly Write[]> {
  let last: KeptRow | undefined;
  let deltas: KeptRow[] = [];
  const whole = (): Write[] => (last === undefined || deltas.length === 0 ? [] : withDeltas(last, deltas));
  for await (const portion of store.scan(STATE)) {
    const writes: Write[] = [];
    for (const row of portion) {
      if (last !== undefined && isDeltaOf(last.key, row.key)) deltas.push(row);
      else {
        writes.push(...whole());
        [last, deltas] = [row, []];
      }
    }
    yield writes;
  }
  yield whole();
}

const isDeltaOf = (key: string, other: string): boolean =>
  other.startsWith(`${key}\0`) && LARGE.includes(key.slice(STATE.length, key.indexOf('\0', STATE.length)));

const withDeltas = ({ key, text }: KeptRow, deltas: readonly KeptRow[]): Write[] => {
  const removed = deltas.map((delta): Write => ({ key: delta.key, text: undefined }));
  try {
    const [version, place, value] = JSON.parse(text) as [number, number | null, JsonObject];
    const now = deltas.reduce((json, delta) => withDelta(json, JSON.parse(delta.text) as Delta), value);
    return [{ key, text: JSON.stringify([version, place, now]) }, ...removed];
  } catch {
    return [{ key, text: '' }, ...removed]; // is told as a row that cannot be read, as it was
  }
};

interface RowsOfSpace {
  readonly name: string;
  readonly space: string;
  readonly rows: readonly KeptRow[];
}

/** The rows of snapshots, as many at a time as are kept together; their keys are those that they have in their space. */
async function* rowsOfSnapshots(store: StateStore): AsyncGenerator<RowsOfSpace> {
  let [name, space, rows]: [string, string, KeptRow[]] = ['', '', []];
  for await (const portion of store.scan(ROWS))
    for (const { key, text } of portion) {
      const [encoded = '', of = '', ...rest] = key.slice(ROWS.length).split('\0');
      const owner = decodeURIComponent(encoded);
      if (rows.length > 0 && (owner !== name || of !== space || rows.length === PORTION)) {
        yield { name, space, rows };
        rows = [];
      }
      [name, space] = [owner, of];
      rows.push({ key: rest.join('\0'), text });
    }
  if (rows.length > 0) yield { name, space, rows };
}

const noteFrom = ({ key, text }: KeptRow, counted: ReadonlyMap<string, object>): Write => {
  const name = decodeURIComponent(key.slice(SNAPSHOTS.length));
  const { at, spaces } = JSON.parse(text) as { readonly at: number; readonly spaces: readonly string[] | object };
  const names = Array.isArray(spaces) ? (spaces as readonly string[]) : Object.keys(spaces);
  const empty = Object.fromEntries(names.map((space) => [space, [0, 0]]));
  return { key: keyOfNote(name), text: JSON.stringify({ at, spaces: { ...empty, ...counted.get(name) } }) };
};
