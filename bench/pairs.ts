/** One side of a comparison: runs once and returns its measurement. */
export type Contender<M> = () => Promise<M>;

/**
 * Runs every side once per round, in shuffled order, so that other load of the machine affects all of them.
 * Returns the measurements in the order of the rounds.
 */
export const interleave = async <M>(
  rounds: number,
  contenders: Readonly<Record<string, Contender<M>>>,
): Promise<Readonly<Record<string, readonly M[]>>> => {
  const measured = new Map<string, M[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, contender] of shuffled(Object.entries(contenders))) measured.get(name)?.push(await contender());
  return Object.fromEntries(measured);
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the mean of some values. */
export const standardError = (values: readonly number[]): number => {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
};

/** The median of the ratios of all pairs: both sides of a pair saw the same load of the machine. */
export const medianRatio = (ours: readonly number[], peers: readonly number[]): number =>
  median(ours.map((value, i) => value / (peers[i] ?? Number.NaN)));

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** How long a measurement is repeated, ms: on a loaded machine there are fewer repetitions, but the bench ends. */
const PATIENCE_MS = 5_000;
const FEWEST = 3;

/** Measures up to `times` times: fewer, but at least three times, if that takes too long. */
export const repeat = <T>(times: number, act: () => T): T[] => {
  const end = performance.now() + PATIENCE_MS;
  const results: T[] = [];
  while (results.length < times && (results.length < FEWEST || performance.now() < end)) results.push(act());
  return results;
};
