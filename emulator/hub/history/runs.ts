import type { ReportRun } from './report-run.ts';
import type { Kept, Test, Versions } from './versions.ts';

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
    const versions: Kept[] = [];
    let index = this.#runs.length - 1;
    while (index > 0 && this.#begin(index) > from) index -= 1;
    for (let run = this.#runs[index]; run !== undefined && this.#begin(index) < to; run = this.#runs[++index]) {
      const begin = this.#begin(index);
      run.copy(Math.max(0, from - begin), Math.min(this.#begin(index + 1), to) - begin, versions);
    }
    return versions;
  }

  findLast(to: number, test: Test): number {
    for (const [index, run] of [...this.#runs.entries()].reverse()) {
      const begin = this.#begin(index);
      const found = run.findLast(Math.min(this.#begin(index + 1), to) - begin, test);
      if (found >= 0) return begin + found;
    }
    return -1;
  }

  /** The place where a run begins, and the one before it ends. */
  #begin(index: number): number {
    const [run, first] = [this.#runs[index], this.#runs[0]];
    return run && first ? run.first.number - first.first.number : this.length; // numbers have no gaps
  }
}
