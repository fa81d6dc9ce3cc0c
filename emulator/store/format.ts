import { version } from '../version.ts';
import { FROM_FORMAT_1, FROM_FORMAT_2 } from './format-1.ts';
import { DataError, type StateStore, type Write } from './state-store.ts';

/** The row that says in which format the others are; without it they are not complete. */
export const MARKER = 'format\0';

/** Counts up when keys or texts get another form. The values of a space have versions of their own. */
export const FORMAT = 5;

export const formatText = (): string => JSON.stringify({ format: FORMAT, emulator: version() });

/** Rewrites rows of one format in the next one. It may be interrupted, and begins again then. */
export type Upgrade = (store: StateStore) => AsyncIterable<readonly Write[]>;

/** Records of the log may be about rows that tell of others since; the older ones are read as they are. */
async function* FROM_FORMAT_3(): AsyncGenerator<readonly Write[]> {}

/** Records may have times of reports as numbers since; texts are read as they are. */
async function* FROM_FORMAT_4(): AsyncGenerator<readonly Write[]> {}

/** By the format that they start from. */
const UPGRADES: ReadonlyMap<number, Upgrade> = new Map([
  [1, FROM_FORMAT_1],
  [2, FROM_FORMAT_2],
  [3, FROM_FORMAT_3],
  [4, FROM_FORMAT_4],
]);

/** True if there is a hub in the store, in the present format by now. Throws DataError for a newer format. */
export const isFilled = async (store: StateStore, upgrades = UPGRADES, current = FORMAT): Promise<boolean> => {
  const [text] = store.readNow([MARKER]);
  if (text === undefined) return false;
  for (let format = formatIn(text); format !== current; format += 1) {
    if (format > current)
      throw new DataError(
        `The data were written by a newer version of the emulator (format ${format}; this one knows ${current}). Use that version or a newer one.`,
      );
    const upgrade = upgrades.get(format);
    if (upgrade === undefined)
      throw new DataError(`The data have the format ${format}, which cannot be read any more.`);
    for await (const writes of upgrade(store)) await store.write(writes, false);
    await store.write([{ key: MARKER, text: JSON.stringify({ format: format + 1, emulator: version() }) }], true);
  }
  return true;
};

const formatIn = (text: string): number => {
  try {
    const { format } = JSON.parse(text) as { readonly format?: unknown };
    if (typeof format === 'number') return format;
  } catch {
    // told below
  }
  throw new Error('The mark of the format cannot be read.');
};
