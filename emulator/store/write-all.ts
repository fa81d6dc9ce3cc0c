import type { StateStore, Write } from './state-store.ts';

/** Rows of one write: more of them, as an import brings, would take too much memory. */
const MOST_WRITES = 20_000;
/** Characters of one write. */
const MOST_TEXT = 32 * 1024 * 1024;

/** Writes to a store at once, unless there is very much. */
export const writeAll = async (
  store: StateStore,
  parts: readonly Iterable<Write>[],
  isDurable: boolean,
): Promise<void> => {
  let some: Write[] = [];
  let size = 0;
  for (const writes of parts)
    for (const write of writes) {
      some.push(write);
      size += write.text?.length ?? 0;
      if (some.length < MOST_WRITES && size < MOST_TEXT) continue;
      await store.write(some, false);
      [some, size] = [[], 0];
    }
  await store.write(some, isDurable);
};
