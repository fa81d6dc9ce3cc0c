import { readFile, writeFile } from 'node:fs/promises';
import { mean, standardError } from './pairs.ts';

/** One row of a table: what was measured, compared with what, and whether it meets the target. */
export interface Row {
  readonly work: string;
  readonly peer: string;
  readonly ours: string;
  readonly theirs: string;
  /** The ratio or figure that is judged; undefined if there is no target. */
  readonly result: string;
  readonly wanted: string;
  readonly met: boolean | undefined;
}

/** A figure that must be at least `least`, or at most `most`. */
export const judge = (value: number, bound: { least: number } | { most: number }, unit = '×'): Judgement => {
  const text = (figure: number) => (unit === '×' ? `${figure.toFixed(2)} ×` : `${round(figure)} ${unit}`);
  const isLeast = 'least' in bound;
  const limit = isLeast ? bound.least : bound.most;
  return {
    result: text(value),
    wanted: `${isLeast ? '≥' : '≤'} ${unit === '×' ? `${limit} ×` : `${limit} ${unit}`}`,
    met: isLeast ? value >= limit : value <= limit,
  };
};

/** The mean of ratios, with its standard error. */
export const judgeMean = (ratios: readonly number[], bound: { least: number } | { most: number }): Judgement => {
  const judgement = judge(mean(ratios), bound);
  return ratios.length < 2
    ? judgement
    : { ...judgement, result: judgement.result.replace(' ×', ` ± ${standardError(ratios).toFixed(2)} ×`) };
};

export type Judgement = Pick<Row, 'result' | 'wanted' | 'met'>;

/** Rounds to three digits: a shared machine measures no more exactly. */
export const round = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : String(Number(value.toPrecision(3)));

export const markdown = (rows: readonly Row[]): string =>
  [
    '| work | peer | ours | peer’s | result | wanted | |',
    '|---|---|---|---|---|---|---|',
    ...rows.map(
      ({ work, peer, ours, theirs, result, wanted, met }) =>
        `| ${work} | ${peer} | ${ours} | ${theirs} | ${result} | ${wanted} | ${met === undefined ? '' : met ? 'met' : '**missed**'} |`,
    ),
  ].join('\n');

/** Puts `text` between the markers of `name` in a document. Throws if it has none. */
export const publish = async (file: URL, name: string, text: string): Promise<void> => {
  const document = await readFile(file, 'utf8');
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file.pathname} has no markers ${begin} … ${end}`);
  await writeFile(file, `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`);
};
