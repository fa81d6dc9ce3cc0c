import { type Head, Report } from './report.ts';
import { isBy, type Moment, type Version } from './version.ts';
import { type Kept, ListedVersions, type Versions } from './versions.ts';

interface Parts {
  /** May have more versions than the list: later ones have been added. The first one has its row. */
  readonly all: () => Versions;
  /** The same, if it may grow. */
  readonly own?: Kept[];
  readonly from: number;
  readonly to: number;
  /** Of all but the latest, by estimates. */
  readonly bytes: number;
  /** Of the latest; 0 if there is none. */
  readonly event: number;
  readonly number: number;
}

/** What is known of versions without reading them. */
type Known = Pick<Parts, 'bytes' | 'event' | 'number'>;

/** What makes a list of an earlier one. */
interface Growth {
  readonly dropped: number;
  readonly added: readonly Kept[];
}

/**
 * The versions of one id, oldest first and numbered without gaps. Immutable: it keeps to its part of an array that may grow.
 */
export class VersionList {
  readonly #parts: Parts;
  /** What it was last asked for, and of which list; without that list, which may have asked for an earlier one. */
  #since: (Pick<VersionList, 'event' | 'number' | 'size'> & { readonly made: Growth | undefined }) | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static of(versions: readonly Kept[]): VersionList {
    const bytes = versions.slice(0, -1).reduce((sum, version) => sum + version.bytes, 0);
    const { event = 0, number = 0 } = versions.at(-1) ?? {};
    return VersionList.ofAll(new ListedVersions(versions), { bytes, event, number });
  }

  static ofAll(all: Versions, known: Known): VersionList {
    return new VersionList({ all: () => all, from: 0, to: all.length, ...known });
  }

  /** A list whose versions are read when they are needed. */
  static later(size: number, known: Known, read: () => readonly Kept[]): VersionList {
    let versions: Versions | undefined;
    const all = (): Versions => {
      versions ??= new ListedVersions(read());
      return versions;
    };
    return new VersionList({ all, from: 0, to: size, ...known });
  }

  get size(): number {
    return this.#parts.to - this.#parts.from;
  }

  /** Bytes of all but the latest, by estimates. */
  get bytes(): number {
    return this.#parts.bytes;
  }

  /** Of the latest. */
  get event(): number {
    return this.#parts.event;
  }

  /** Why its versions cannot be read; undefined if they can. */
  get damage(): string | undefined {
    try {
      this.#parts.all();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The number of the latest, also of a list that cannot be read. */
  get number(): number {
    return this.#parts.number;
  }

  /** Of the first. */
  get #firstNumber(): number {
    return this.#parts.number - this.size + 1; // numbers have no gaps
  }

  get first(): Head | undefined {
    return this.size === 0 ? undefined : this.#parts.all().at(this.#parts.from);
  }

  get last(): Kept | undefined {
    return this.size === 0 ? undefined : this.#parts.all().at(this.#parts.to - 1);
  }

  get versions(): readonly Version[] {
    return this.#made(this.#parts.from, this.#parts.to);
  }

  /** The same, with rows that are not made yet left out, except that of the first. */
  get kept(): readonly Kept[] {
    const { all, from, to } = this.#parts;
    return [...this.#made(from, Math.min(from + 1, to)), ...all().slice(Math.min(from + 1, to), to)];
  }

  /** The place of the version of a moment; -1 if it is not kept, or there was none. */
  placeAt(moment: Moment): number {
    const { all, from, to } = this.#parts;
    const place = all().findLast(to, (one) => isBy(moment, one));
    return place < from ? -1 : place - from;
  }

  at(place: number): Version | undefined {
    const { from } = this.#parts;
    return place < 0 ? undefined : this.#made(from + place, from + place + 1)[0];
  }

  /** The list with later versions. Lists that are made so, one after the other, share an array, which others do not have. */
  with(versions: readonly Kept[]): VersionList {
    const last = versions.at(-1);
    if (last === undefined) return this;
    const { own, from, to } = this.#parts;
    const isGrowing = own !== undefined && own.length === to && from <= MOST_UNUSED;
    const all = isGrowing ? own : [...this.kept];
    const bytes = [...all.slice(-1), ...versions.slice(0, -1)].reduce((sum, one) => sum + one.bytes, this.bytes);
    all.push(...versions);
    const listed = new ListedVersions(all);
    return new VersionList({
      all: () => listed,
      own: all,
      from: isGrowing ? from : 0,
      to: all.length,
      bytes,
      event: last.event,
      number: last.number,
    });
  }

  /** The versions from one place to another, with their rows. */
  #made(from: number, to: number): Version[] {
    const all = this.#parts.all();
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
    const { from, bytes } = this.#parts;
    const dropped = this.#parts
      .all()
      .slice(from, from + count)
      .reduce((sum, version) => sum + version.bytes, 0);
    return new VersionList({ ...this.#parts, from: from + count, bytes: bytes - dropped });
  }

  /** What makes this list of an earlier one; undefined if it did not come from that. */
  since(earlier: VersionList): Growth | undefined {
    const { event, number, size } = earlier;
    const known = this.#since;
    if (known !== undefined && known.event === event && known.number === number && known.size === size)
      return known.made;
    const made = this.#madeSince(earlier);
    this.#since = { event, number, size, made };
    return made;
  }

  #madeSince(earlier: VersionList): Growth | undefined {
    if (earlier.damage !== undefined || earlier.size === 0) return undefined;
    const { all, from, to } = this.#parts;
    const at = from + earlier.number - this.#firstNumber;
    const dropped = this.#firstNumber - earlier.#firstNumber;
    if (at < from || at >= to || dropped < 0 || all().at(at)?.event !== earlier.event) return undefined;
    return { dropped, added: all().slice(at + 1, to) };
  }
}

/** Versions that no list has any more, before the others are copied. */
const MOST_UNUSED = 100;
