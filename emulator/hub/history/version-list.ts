import type { Version } from './version.ts';

interface Parts {
  /** May have more versions than the list: later lists have added them. */
  readonly all: () => Version[];
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly event: number;
}

/** What is known of versions that are not read yet. */
type Unread = Pick<Parts, 'bytes' | 'event'> & { readonly size: number };

/**
 * The versions of one id, oldest first and numbered without gaps. Immutable: lists that follow each other share their versions,
 * so that a change takes the same time however many there are.
 */
export class VersionList {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static of(versions: readonly Version[]): VersionList {
    const all = [...versions];
    const bytes = versions.slice(0, -1).reduce((sum, version) => sum + version.bytes, 0);
    return new VersionList({ all: () => all, from: 0, to: all.length, bytes, event: all.at(-1)?.event ?? 0 });
  }

  /** A list whose versions are read when they are needed. */
  static later({ size, bytes, event }: Unread, read: () => Version[]): VersionList {
    let known: Version[] | undefined;
    const all = (): Version[] => {
      known ??= read();
      return known;
    };
    return new VersionList({ all, from: 0, to: size, bytes, event });
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

  get first(): Version | undefined {
    return this.size === 0 ? undefined : this.#parts.all()[this.#parts.from];
  }

  get last(): Version | undefined {
    return this.size === 0 ? undefined : this.#parts.all()[this.#parts.to - 1];
  }

  get versions(): readonly Version[] {
    return this.#parts.all().slice(this.#parts.from, this.#parts.to);
  }

  with(version: Version): VersionList {
    const { all, from, to, bytes } = this.#parts;
    const shared = all();
    if (shared.length > to || from > MOST_UNUSED) return VersionList.of([...this.versions, version]);
    shared.push(version);
    const earlier = this.size === 0 ? 0 : (shared[to - 1]?.bytes ?? 0);
    return new VersionList({ all, from, to: to + 1, bytes: bytes + earlier, event: version.event });
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
  since(earlier: VersionList): { readonly dropped: number; readonly added: readonly Version[] } | undefined {
    const [{ all, from, to }, old] = [this.#parts, earlier.#parts];
    if (old.to > to || old.from > from || from > old.to || earlier.last === undefined) return undefined;
    const own = all();
    return own[old.to - 1] === earlier.last ? { dropped: from - old.from, added: own.slice(old.to, to) } : undefined;
  }
}

/** Versions that no list has any more, before the others are copied. */
const MOST_UNUSED = 100;
