import type { Hub } from '../hub/hub.ts';
import { type KeptLog, Unfolded } from './change-log.ts';
import { LOG, readLog } from './log-records.ts';
import { RowMap } from './row-map.ts';
import { nameOfRow, rowFrom, STATE } from './row-text.ts';
import { CHUNKS, SNAPSHOTS } from './snapshot-texts.ts';
import type { StateStore } from './state-store.ts';

/** How many rows are loaded. */
export interface Progress {
  readonly loaded: number;
  readonly total: number;
}

/**
 * Fills a new hub with the rows of a store; call `hub.resume()` then. Gives the log of changes, for who goes on with it. Throws
 * an Error for a row that cannot be read.
 */
export const restoreHub = async (
  { changes }: Pick<Hub, 'changes'>,
  store: StateStore,
  progress: (progress: Progress) => void = () => {},
): Promise<KeptLog> => {
  // rows that every hub has from the start, which may have been removed since
  for (const row of [...changes.entries()]) changes.load({ ...row, value: undefined });
  const log = await readLog(store);
  const unfolded = new RowMap<Unfolded>();
  for (const [key, [first]] of log.changes)
    unfolded.set(nameOfRow(key), new Unfolded(undefined, undefined, first?.record ?? log.latest));
  let [loaded, total] = [0, 0];
  const counting = store.count(STATE).then((rows) => {
    total = rows;
  });
  counting.catch(() => undefined); // is awaited below
  for await (const rows of store.scan(STATE)) {
    for (const { key, text } of rows) {
      const row = rowFrom(changes, { key, text, later: log.changes.get(key) });
      changes.load(row);
      const known = unfolded.find(row);
      if (known !== undefined) [known.value, known.place] = [row.value, row.place];
    }
    loaded += rows.length;
    if (total > 0) progress({ loaded, total });
  }
  await counting;
  return { oldest: log.oldest, latest: log.latest, sizes: log.sizes, unfolded };
};

/** Removes all rows, of a start that was interrupted. */
export const clearStore = async (store: StateStore): Promise<void> => {
  for (const prefix of [STATE, LOG, SNAPSHOTS, CHUNKS])
    for await (const rows of store.scan(prefix))
      await store.write(
        rows.map(({ key }) => ({ key, text: undefined })),
        false,
      );
};
