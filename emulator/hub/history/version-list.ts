import { type Head, Report } from './report.ts';
import { isBy, type Moment, type Version } from './version.ts';

/** A version with its row, or a report, from which the row is made. */
export type Kept = Version | Report;

interface Parts {
  /** May have more versions than the list: later ones have been added. The first one has its row. */
  readonly all: () => readonly Kept[];
  /** The same, if it may grow. */
  readonly own?: Kept[];
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly event: number;
}

/** What is known of versions that are not read yet. */
type Unread = Pick<Parts, 'bytes' | 'event'> & { readonly size: number; readonly number: number };

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
  /** The number of the latest, if it was not read yet. */
  readonly #number: number | undefined;
  #since: { readonly earlier: VersionList; readonly made: Growth | undefined } | undefined;

  private constructor(parts: Parts, number?: number) {
    this.#parts = parts;
    this.#number = number;
  }

  static of(versions: readonly Kept[]): VersionList {
    const bytes = versions.slice(0, -1).reduce((sum, version) => sum + version.bytes, 0);
    return VersionList.shared(versions, 0, bytes);
  }

  /** All versions of an array from a place on. Others may be added to it. `bytes`: of all but the latest. */
  static shared(all: readonly Kept[], from: number, bytes: number): VersionList {
    return new VersionList({ all: () => all, from, to: all.length, bytes, event: all.at(-1)?.event ?? 0 });
  }

  /** A list whose versions are read when they are needed. */
  static later({ size, bytes, event, number }: Unread, read: () => readonly Kept[]): VersionList {
    let known: readonly Kept[] | undefined;
    const all = (): readonly Kept[] => {
      known ??= read();
      return known;
    };
    return new VersionList({ all, from: 0, to: size, bytes, event }, number);
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
    return this.#number ?? this.last?.number ?? 0;
  }

  get first(): Head | undefined {
    return this.size === 0 ? undefined : this.#parts.all()[this.#parts.from];
  }

  get last(): Kept | undefined {
    return this.size === 0 ? undefined : this.#parts.all()[this.#parts.to - 1];
  }

  get versions(): readonly Version[] {
    return this.#made(this.#parts.from, this.#parts.to);
  }

  /** The same, with rows that are not made yet left out, except that of the first. */
  get kept(): readonly Kept[] {
    const { all, from, to } = this.#parts;
    return [...this.#made(from, Math.min(from + 1, to)), ...all().slice(from + 1, to)];
  }

  /** The place of the version of a moment; -1 if it is not kept, or there was none. */
  placeAt(moment: Moment): number {
    const { all, from, to } = this.#parts;
    return all()
      .slice(from, to)
      .findLastIndex((one) => isBy(moment, one));
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
    return new VersionList({
      all: () => all,
      own: all,
      from: isGrowing ? from : 0,
      to: all.length,
      bytes,
      event: last.event,
    });
  }

  /** The versions from one place to another, with their rows. */
  #made(from: number, to: number): Version[] {
    const all = this.#parts.all();
    let start = from;
    while (all[start] instanceof Report) start -= 1;
    const versions: Version[] = [];
    for (const one of all.slice(start, to)) {
      const row = versions.at(-1)?.member;
      if (!(one instanceof Report)) versions.push(one);
      else if (row !== undefined) versions.push(one.version(row));
      else throw new Error('A report has no row before it.');
    }
    return versions.slice(from - start);
  }

  /** The version that was in force at the event and later ones; undefined if that is only a row that was never changed, or is gone. */
  inForceFrom(event: number): VersionList | undefined {
    const inForce = this.placeAt({ event });
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

  /** What makes this list of an earlier one; undefined if it did not come from that. Kept for the latest that it was asked for. */
  since(earlier: VersionList): Growth | undefined {
    if (this.#since?.earlier !== earlier) this.#since = { earlier, made: this.#madeSince(earlier) };
    return this.#since.made;
  }

  #madeSince(earlier: VersionList): Growth | undefined {
    if (earlier.damage !== undefined) return undefined;
    const [latest, first, oldest] = [earlier.last, this.first, earlier.first];
    if (latest === undefined || first === undefined || oldest === undefined) return undefined;
    const { all, from, to } = this.#parts;
    const at = from + latest.number - first.number; // numbers have no gaps
    if (at < from || at >= to || all()[at] !== latest || first.number < oldest.number) return undefined;
    return { dropped: first.number - oldest.number, added: all().slice(at + 1, to) };
  }
}

/** Versions that no list has any more, before the others are copied. */
const MOST_UNUSED = 100;
