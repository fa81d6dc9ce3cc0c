import type { Report } from './report.ts';
import type { Version } from './version.ts';

/** A version with its row, or a report, from which the row is made. */
export type Kept = Version | Report;

/** What a version is looked for by. */
export type Test = (one: Pick<Version, 'event' | 'at'>) => boolean;

/** Versions by place, oldest first. */
export interface Versions {
  readonly length: number;
  at(place: number): Kept | undefined;
  slice(from: number, to: number): readonly Kept[];
  /** The last place before `to` whose event and time pass the test; -1 if there is none. */
  findLast(to: number, test: Test): number;
}

/** Versions in an array, which may grow. */
export class ListedVersions implements Versions {
  readonly #all: readonly Kept[];

  constructor(all: readonly Kept[]) {
    this.#all = all;
  }

  get length(): number {
    return this.#all.length;
  }

  at(place: number): Kept | undefined {
    return this.#all[place];
  }

  slice(from: number, to: number): readonly Kept[] {
    return this.#all.slice(from, to);
  }

  findLast(to: number, test: Test): number {
    return this.#all.findLastIndex((one, place) => place < to && test(one));
  }
}
