import type { HubChange } from '../hub/changes.ts';
import type { Snapshot } from '../hub/snapshots/snapshot.ts';
import type { Snapshots } from '../hub/snapshots/snapshots.ts';
import type { Keeper } from './keeper.ts';

/** Where it is noted which snapshots there are. */
export const SNAPSHOTS = 'snapshots\0';

/** What `reset` goes back to is kept under no name. */
export const SEED = '';

/** Where the rows of a snapshot are. */
export const prefixOf = (name: string): string => `snapshot\0${encodeURIComponent(name)}\0`;

interface Note {
  readonly at: number;
  readonly spaces: readonly string[];
}

export const readNote = (key: string, text: string): Note & { readonly name: string } => {
  try {
    return { ...(JSON.parse(text) as Note), name: decodeURIComponent(key.slice(SNAPSHOTS.length)) };
  } catch {
    throw new Error(`The snapshot ${key.slice(SNAPSHOTS.length)} cannot be read.`);
  }
};

/** Keeps snapshots that are taken from now on. */
export const keepSnapshots = (snapshots: Snapshots, keeper: Keeper): void =>
  snapshots.watch((name = SEED, { before, after }) => keepSnapshot(keeper, name, { before, after }));

/** Keeps what `reset` goes back to. */
export const keepSeed = ({ seed }: Snapshots, keeper: Keeper): void =>
  keepSnapshot(keeper, SEED, { before: undefined, after: seed });

const keepSnapshot = (
  keeper: Keeper,
  name: string,
  { before, after }: { readonly before: Snapshot | undefined; readonly after: Snapshot | undefined },
): void => {
  const [key, prefix] = [`${SNAPSHOTS}${encodeURIComponent(name)}`, prefixOf(name)];
  for (const row of before === undefined ? [] : rowsOf(before)) keeper.keepRow({ ...row, value: undefined }, prefix);
  for (const row of after === undefined ? [] : rowsOf(after)) keeper.keepRow(row, prefix);
  const note: Note | undefined = after && { at: after.at, spaces: Object.keys(after.spaces) };
  keeper.keep(key, note && JSON.stringify(note));
};

function* rowsOf({ spaces }: Snapshot): Generator<HubChange> {
  for (const [space, copy] of Object.entries(spaces))
    for (const { key, value, place } of copy.entries()) yield { space, key, value, place } as HubChange; // its own space
}
