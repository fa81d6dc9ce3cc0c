import type { Member } from '../fleet/member.ts';
import { type Head, Report } from './report.ts';
import { isBy, type Moment, type Version } from './version.ts';

/** A version with its row, or a report, from which the row is made. */
export type Kept = Version | Report;

interface Parts {
  /** May have more versions than the list: later lists have added them. The first one has its row. */
  readonly all: () => Kept[];
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly event: number;
}

/** What is known of versions that are not read yet. */
type Unread = Pick<Parts, 'bytes' | 'event'> & { readonly size: number; readonly number: number };

/**
 * The versions of one id, oldest first and numbered without gaps. Immutable: lists that follow each other share their versions,
 * so that a change takes the same time however many there are.
 */
export class VersionList {
  readonly #parts: Parts;
  /** The number of the latest, if it was not read yet. */
  readonly #number: number | undefined;

  private constructor(parts: Parts, number?: number) {
    this.#parts = parts;
    this.#number = number;
  }

  static of(versions: readonly Version[]): VersionList {
    return VersionList.#of([...versions]);
  }

  static #of(versions: readonly Kept[]): VersionList {
    const all = [...versions];
    const bytes = versions.slice(0, -1).reduce((sum, version) => sum + version.bytes, 0);
    return new VersionList({ all: () => all, from: 0, to: all.length, bytes, event: all.at(-1)?.event ?? 0 });
  }

  /** A list whose versions are read when they are needed. */
  static later({ size, bytes, event, number }: Unread, read: () => Kept[]): VersionList {
    let known: Kept[] | undefined;
    const all = (): Kept[] => {
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

  /** The row of the latest; undefined if it was deleted, or there is none. */
  get row(): Member | undefined {
    return this.#made(this.#parts.to - 1, this.#parts.to)[0]?.member;
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

  with(version: Kept): VersionList {
    const { all, from, to, bytes } = this.#parts;
    const shared = all();
    if (shared.length > to || from > MOST_UNUSED) return this.#alone(version);
    shared.push(version);
    const earlier = this.size === 0 ? 0 : (shared[to - 1]?.bytes ?? 0);
    return new VersionList({ all, from, to: to + 1, bytes: bytes + earlier, event: version.event });
  }

  /** With versions of its own. */
  #alone(version: Kept): VersionList {
    return VersionList.#of([...this.kept, version]);
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

  /** Without versions that are not among the latest `limit`, or with a few of them: they are not dropped at each version. */
  upTo(limit: number): VersionList {
    return this.size <= limit * LEEWAY ? this : this.withoutOldest(this.size - limit);
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
  since(earlier: VersionList): { readonly dropped: number; readonly added: readonly Kept[] } | undefined {
    if (earlier.damage !== undefined) return undefined;
    const [latest, first, oldest] = [earlier.last, this.first, earlier.first];
    if (latest === undefined || first === undefined || oldest === undefined) return undefined;
    const { all, from, to } = this.#parts;
    const at = from + latest.number - first.number; // numbers have no gaps
    if (at < from || at >= to || all()[at] !== latest || first.number < oldest.number) return undefined;
    return { dropped: first.number - oldest.number, added: all().slice(at + 1, to) };
  }
}

const LEEWAY = 1.1;

/** Versions that no list has any more, before the others are copied. */
const MOST_UNUSED = 100;
