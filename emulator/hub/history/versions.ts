import type { Report } from './report.ts';
import type { Version } from './version.ts';

/** A version with its row, or a report, from which the row is made. */
export type Kept = Version | Report;

/** What a version is looked for by. */
export type Test = (one: Pick<Version, 'event' | 'at'>) => boolean;

/** Versions by place, oldest first. Later ones are added, so that a list asks for its own places only. */
export interface Versions {
  /** Why they cannot be read; undefined if they can. */
  readonly damage: string | undefined;
  at(place: number): Kept | undefined;
  /** Of the version at a place. */
  eventAt(place: number): number | undefined;
  slice(from: number, to: number): readonly Kept[];
  /** The last place before `to` whose event and time pass the test; -1 if there is none. */
  findLast(to: number, test: Test): number;
}

/** Versions in an array, which may grow. */
export class ListedVersions implements Versions {
  readonly damage = undefined;
  readonly #all: readonly Kept[];

  constructor(all: readonly Kept[]) {
    this.#all = all;
  }

  at(place: number): Kept | undefined {
    return this.#all[place];
  }

  eventAt(place: number): number | undefined {
    return this.#all[place]?.event;
  }

  slice(from: number, to: number): readonly Kept[] {
    return this.#all.slice(from, to);
  }

  findLast(to: number, test: Test): number {
    return this.#all.findLastIndex((one, place) => place < to && test(one));
  }
}

/** Versions that are read when somebody needs them. All but `damage` throw an Error if they cannot be read. */
export class UnreadVersions implements Versions {
  readonly #read: () => readonly Kept[];
  #listed: ListedVersions | undefined;

  constructor(read: () => readonly Kept[]) {
    this.#read = read;
  }

  get damage(): string | undefined {
    try {
      this.#all;
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  at(place: number): Kept | undefined {
    return this.#all.at(place);
  }

  eventAt(place: number): number | undefined {
    return this.#all.eventAt(place);
  }

  slice(from: number, to: number): readonly Kept[] {
    return this.#all.slice(from, to);
  }

  findLast(to: number, test: Test): number {
    return this.#all.findLast(to, test);
  }

  get #all(): ListedVersions {
    this.#listed ??= new ListedVersions(this.#read());
    return this.#listed;
  }
}
