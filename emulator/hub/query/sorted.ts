/** Items merged between two pauses: well under a millisecond. */
const SLICE = 1024;

/** Sorts the items of all lists by merge sort, the smallest first. Yields between lists and slices: keep lists short. */
export function* sorted<T extends object>(
  lists: Iterable<readonly T[]>,
  isBefore: (one: T, other: T) => boolean,
): Generator<void, readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (const list of lists) {
    runs.push([...list].sort((a, b) => (isBefore(a, b) ? -1 : 1)));
    yield;
  }
  while (runs.length > 1) {
    const longer: (readonly T[])[] = [];
    for (let i = 0; i < runs.length; i += 2) longer.push(yield* merged(runs[i] ?? [], runs[i + 1] ?? [], isBefore));
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merged<T extends object>(
  left: readonly T[],
  right: readonly T[],
  isBefore: (one: T, other: T) => boolean,
): Generator<void, readonly T[]> {
  if (right.length === 0) return left;
  const all: T[] = [];
  for (let [i, j] = [0, 0]; ; ) {
    const [one, other] = [left[i], right[j]];
    if (one === undefined) return all.concat(right.slice(j));
    if (other === undefined) return all.concat(left.slice(i));
    if (isBefore(other, one)) {
      all.push(other);
      j++;
    } else {
      all.push(one);
      i++;
    }
    if (all.length % SLICE === 0) yield;
  }
}
