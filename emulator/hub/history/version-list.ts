import { type Head, Report } from './report.ts';
import { isBy, type Moment, type Version } from './version.ts';
import { type Kept, ListedVersions, type Versions } from './versions.ts';

/** What is known of versions without reading them. */
interface Known {
  /** Of all but the latest, by estimates. */
  readonly bytes: number;
  /** Of the latest; 0 if there is none. */
  readonly event: number;
  readonly number: number;
}

interface Parts extends Known {
  /** May have more versions than the list: later ones have been added. The first one has its row. */
  readonly all: Versions;
  /** The same, if it may grow. */
  readonly own: Kept[] | undefined;
  readonly from: number;
  readonly to: number;
}

/** What makes a list of an earlier one. A class for the reason that `Member` is one. */
class Growth {
  readonly dropped: number;
  readonly added: readonly Kept[];

  constructor(dropped: number, added: readonly Kept[]) {
    this.dropped = dropped;
    this.added = added;
  }
}

/**
 * The latest answer of `since`, and for which list. It knows that list by numbers only: to hold the list would hold those that it was
 * compared with in turn. A class for the same reason.
 */
class Comparison {
  readonly made: Growth | undefined;
  readonly #event: number;
  readonly #number: number;
  readonly #size: number;

  constructor({ event, number, size }: VersionList, made: Growth | undefined) {
    this.made = made;
    this.#event = event;
    this.#number = number;
    this.#size = size;
  }

  isWith({ event, number, size }: VersionList): boolean {
    return this.#event === event && this.#number === number && this.#size === size;
  }
}

/**
 * The versions of one id, oldest first and numbered without gaps. Immutable: it keeps to its part of versions that may become more.
 */
export class VersionList {
  /** Bytes of all but the latest, by estimates. */
  readonly bytes: number;
  /** Of the latest. */
  readonly event: number;
  /** The number of the latest, also of a list that cannot be read. */
  readonly number: number;
  readonly #all: Versions;
  readonly #own: Kept[] | undefined;
  readonly #from: number;
  readonly #to: number;
  #compared: Comparison | undefined;

  private constructor({ all, own, from, to, bytes, event, number }: Parts) {
    this.bytes = bytes;
    this.event = event;
    this.number = number;
    this.#all = all;
    this.#own = own;
    this.#from = from;
    this.#to = to;
  }

  static of(versions: readonly Kept[]): VersionList {
    const bytes = versions.slice(0, -1).reduce((sum, version) => sum + version.bytes, 0);
    const { event = 0, number = 0 } = versions.at(-1) ?? {};
    return VersionList.ofAll(new ListedVersions(versions), versions.length, { bytes, event, number });
  }

  /** The first `size` of them. */
  static ofAll(all: Versions, size: number, { bytes, event, number }: Known): VersionList {
    return new VersionList({ all, own: undefined, from: 0, to: size, bytes, event, number });
  }

  get size(): number {
    return this.#to - this.#from;
  }

  /** Why its versions cannot be read; undefined if they can. */
  get damage(): string | undefined {
    return this.#all.damage;
  }

  /** Of the first. */
  get #firstNumber(): number {
    return this.number - this.size + 1; // numbers have no gaps
  }

  get first(): Head | undefined {
    return this.size === 0 ? undefined : this.#all.at(this.#from);
  }

  get last(): Kept | undefined {
    return this.size === 0 ? undefined : this.#all.at(this.#to - 1);
  }

  get versions(): readonly Version[] {
    return this.#made(this.#from, this.#to);
  }

  /** The same, with rows that are not made yet left out, except that of the first. */
  get kept(): readonly Kept[] {
    const second = Math.min(this.#from + 1, this.#to);
    return [...this.#made(this.#from, second), ...this.#all.slice(second, this.#to)];
  }

  /** The place of the version of a moment; -1 if it is not kept, or there was none. */
  placeAt(moment: Moment): number {
    const place = this.#all.findLast(this.#to, (one) => isBy(moment, one));
    return place < this.#from ? -1 : place - this.#from;
  }

  at(place: number): Version | undefined {
    const from = this.#from + place;
    return place < 0 || from >= this.#to ? undefined : this.#made(from, from + 1)[0];
  }

  /** The list with later versions. Lists that are made so, one after the other, share an array, which others do not have. */
  with(versions: readonly Kept[]): VersionList {
    const last = versions.at(-1);
    if (last === undefined) return this;
    const own = this.#own;
    const isGrowing = own !== undefined && own.length === this.#to && this.#from <= MOST_UNUSED;
    const all = isGrowing ? own : [...this.kept];
    const bytes = [...all.slice(-1), ...versions.slice(0, -1)].reduce((sum, one) => sum + one.bytes, this.bytes);
    all.push(...versions);
    return new VersionList({
      all: new ListedVersions(all),
      own: all,
      from: isGrowing ? this.#from : 0,
      to: all.length,
      bytes,
      event: last.event,
      number: last.number,
    });
  }

  /** The versions from one place to another, with their rows. */
  #made(from: number, to: number): Version[] {
    const all = this.#all;
    let start = from;
    while (start > 0 && all.at(start) instanceof Report) start -= 1;
    const versions: Version[] = [];
    for (const one of all.slice(start, to)) {
      const row = versions.at(-1)?.member;
      if (!(one instanceof Report)) versions.push(one);
      else if (row !== undefined) versions.push(one.version(row));
      else throw new Error('A report has no row before it.');
    }
    return versions.slice(from - start);
  }

  /**
   * The version that was in force at the event, whose place may be given, and later ones; undefined if that is only a row that was
   * never changed, or is gone.
   */
  inForceFrom(event: number, inForce = this.placeAt({ event })): VersionList | undefined {
    const list = inForce > 0 ? this.withoutOldest(inForce) : this;
    const isAlone = inForce >= 0 && list.size === 1;
    return isAlone && (list.#isGone || list.first?.number === 1) ? undefined : list;
  }

  /** The latest version tells that the row was deleted, or there is none. */
  get #isGone(): boolean {
    const { last } = this;
    return !(last instanceof Report) && last?.member === undefined;
  }

  latest(limit: number): VersionList {
    return this.withoutOldest(Math.max(0, this.size - limit));
  }

  /** Without `count` versions; the latest stays. */
  withoutOldest(count: number): VersionList {
    if (count === 0) return this;
    const from = this.#from + count;
    const bytes = this.#all.slice(this.#from, from).reduce((left, version) => left - version.bytes, this.bytes);
    const { event, number } = this;
    return new VersionList({ all: this.#all, own: this.#own, from, to: this.#to, bytes, event, number });
  }

  /** What makes this list of an earlier one; undefined if it did not come from that. */
  since(earlier: VersionList): Growth | undefined {
    if (this.#compared?.isWith(earlier) !== true) this.#compared = new Comparison(earlier, this.#madeSince(earlier));
    return this.#compared.made;
  }

  #madeSince(earlier: VersionList): Growth | undefined {
    if (earlier.damage !== undefined || earlier.size === 0) return undefined;
    const at = this.#from + earlier.number - this.#firstNumber;
    const dropped = this.#firstNumber - earlier.#firstNumber;
    const isOfBoth =
      at >= this.#from && at < this.#to && (this.#all === earlier.#all || this.#all.eventAt(at) === earlier.event);
    return isOfBoth && dropped >= 0 ? new Growth(dropped, this.#all.slice(at + 1, this.#to)) : undefined;
  }
}

/** Versions that no list has any more, before the others are copied. */
const MOST_UNUSED = 100;
