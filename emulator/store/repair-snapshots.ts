import type { HubChanges } from '../hub/changes.ts';
import { rowOf } from './row-text.ts';
import { CHUNKS, keyOfChunk, type Note, readNote, rowsInChunk, SEED, SNAPSHOTS } from './snapshot-texts.ts';
import type { StateStore } from './state-store.ts';

/** Removes snapshots that cannot be read as a whole, and tells which. */
export const removeUnreadableSnapshots = async (store: StateStore, changes: HubChanges): Promise<string[]> => {
  const lost = new Set<string>();
  const kept = new Set<string>();
  for await (const notes of store.scan(SNAPSHOTS))
    for (const { key, text } of notes) {
      const name = decodeURIComponent(key.slice(SNAPSHOTS.length));
      if (isReadable(store, changes, readable(key, text))) kept.add(name);
      else {
        lost.add(name);
        await store.write([{ key, text: undefined }], false);
      }
    }
  for await (const chunks of store.scan(CHUNKS))
    for (const { key } of chunks) {
      const [encoded = ''] = key.slice(CHUNKS.length).split('\0', 1);
      const name = decodeURIComponent(encoded);
      if (kept.has(name)) continue;
      lost.add(name);
      await store.write([{ key, text: undefined }], false);
    }
  return Array.from(lost, (name) => (name === SEED ? 'what reset goes back to' : `the snapshot ${name}`));
};

type NamedNote = Note & { readonly name: string };

const readable = (key: string, text: string): NamedNote | undefined => {
  try {
    return readNote(key, text);
  } catch {
    return undefined;
  }
};

const isReadable = (store: StateStore, changes: HubChanges, note: NamedNote | undefined): boolean => {
  if (note === undefined) return false;
  try {
    for (const [space, [, chunks]] of Object.entries(note.spaces))
      for (let number = 0; number < chunks; number++)
        for (const [key, written] of rowsInChunk(store.readNow([keyOfChunk(note.name, space, number)])[0]))
          rowOf(changes, { space, key }, { written });
    return true;
  } catch {
    return false;
  }
};
