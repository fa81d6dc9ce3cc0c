import type { ReportRun } from './report-run.ts';
import type { Kept, Test, Versions } from './versions.ts';

interface Part {
  readonly run: ReportRun;
  readonly begin: number;
  readonly end: number;
}

/**
 * The versions of runs, as they are now: the last run may grow, and this does not. A run may begin with the last version of the
 * one before it.
 */
export class Runs implements Versions {
  readonly length: number;
  readonly #runs: readonly ReportRun[];

  constructor(runs: readonly ReportRun[], length: number) {
    this.#runs = runs;
    this.length = length;
  }

  at(place: number): Kept | undefined {
    return this.slice(place, place + 1)[0];
  }

  slice(from: number, to: number): readonly Kept[] {
    return this.#parts.flatMap(({ run, begin, end }) =>
      end <= from || begin >= to ? [] : run.slice(Math.max(0, from - begin), Math.min(end, to) - begin),
    );
  }

  findLast(to: number, test: Test): number {
    for (const { run, begin, end } of this.#parts.reverse()) {
      const found = run.findLast(Math.min(end, to) - begin, test);
      if (found >= 0) return begin + found;
    }
    return -1;
  }

  /** By place. */
  get #parts(): Part[] {
    const first = this.#runs[0]?.first.number ?? 0; // numbers have no gaps
    return this.#runs.map((run, index) => {
      const next = this.#runs[index + 1];
      return { run, begin: run.first.number - first, end: next ? next.first.number - first : this.length };
    });
  }
}
