import type { ReportRun } from './report-run.ts';
import type { Kept, Test, Versions } from './versions.ts';

/** The versions of runs, of which the last may grow. A run may begin with the last version of the one before it. */
export class Runs implements Versions {
  readonly damage = undefined;
  /** Oldest first. */
  readonly all: readonly ReportRun[];
  /** Of the first version. A field, as the next one, since each report asks for it. */
  readonly number: number;
  /** The number of the version with which the second run begins; infinite if there is none. */
  readonly endOfFirst: number;

  constructor(all: readonly ReportRun[]) {
    this.all = all;
    this.number = all[0]?.number ?? 1;
    this.endOfFirst = all[1]?.number ?? Number.POSITIVE_INFINITY;
  }

  at(place: number): Kept | undefined {
    return this.slice(place, place + 1)[0];
  }

  eventAt(place: number): number | undefined {
    const index = this.#runOf(place);
    return this.all[index]?.eventAt(place - this.#begin(index));
  }

  slice(from: number, to: number): readonly Kept[] {
    const versions: Kept[] = [];
    let index = this.#runOf(from);
    for (let run = this.all[index]; run !== undefined && this.#begin(index) < to; run = this.all[++index]) {
      const begin = this.#begin(index);
      run.copy(Math.max(0, from - begin), Math.min(this.#begin(index + 1), to) - begin, versions);
    }
    return versions;
  }

  findLast(to: number, test: Test): number {
    for (const [index, run] of [...this.all.entries()].reverse()) {
      const begin = this.#begin(index);
      const found = run.findLast(Math.min(this.#begin(index + 1), to) - begin, test);
      if (found >= 0) return begin + found;
    }
    return -1;
  }

  /** The run that has a place. */
  #runOf(place: number): number {
    let index = this.all.length - 1;
    while (index > 0 && this.#begin(index) > place) index -= 1;
    return index;
  }

  /** The place where a run begins, and the one before it ends; the last one has no end. */
  #begin(index: number): number {
    return (this.all[index]?.number ?? Number.POSITIVE_INFINITY) - this.number; // numbers have no gaps
  }
}
