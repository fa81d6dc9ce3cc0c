import type { Hub } from '../hub/hub.ts';
import { formatText, MARKER } from './format.ts';
import { keyOfRow, textOfRow } from './row-text.ts';
import type { StateStore, Write } from './state-store.ts';

const PORTION = 5_000;

/** Writes all rows of a hub. The mark that the rows are complete comes last. */
export const fullCopy = async ({ changes }: Pick<Hub, 'changes'>, store: StateStore): Promise<void> => {
  let portion: Write[] = [];
  for (const change of changes.entries()) {
    portion.push({ key: keyOfRow(change), text: textOfRow(changes, change) });
    if (portion.length < PORTION) continue;
    await store.write(portion, false);
    portion = [];
  }
  await store.write([...portion, { key: MARKER, text: formatText() }], true);
};
