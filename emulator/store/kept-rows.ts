import { type RowTexts, STATE } from './row-text.ts';
import { isDeltaOf, keyOfDelta, MOST_DELTAS } from './row-writer.ts';
import type { StateStore } from './state-store.ts';

/** The rows of the hub in a store, in portions, each row with what has changed in it. */
export async function* rowsOf(store: StateStore): AsyncGenerator<readonly RowTexts[]> {
  let last: RowTexts | undefined;
  for await (const portion of store.scan(STATE)) {
    const rows: RowTexts[] = [];
    for (const { key, text } of portion) {
      if (last !== undefined && isDeltaOf(last.key, key)) last = { ...last, deltas: [...last.deltas, text] };
      else {
        if (last !== undefined) rows.push(last);
        last = { key, text, deltas: [] };
      }
    }
    yield rows;
  }
  if (last !== undefined) yield [last];
}

/** A row as it is kept now. */
export const textsOf = (store: StateStore, key: string): RowTexts => {
  const [text] = store.readNow([key]);
  const deltas: string[] = [];
  for (let number = 1; number <= MOST_DELTAS; number++) {
    const [delta] = store.readNow([keyOfDelta(key, number)]);
    if (delta === undefined) break;
    deltas.push(delta);
  }
  return { key, text, deltas };
};
