import type { Connection } from '../fleet/member.ts';
import { Report, type ReportParts } from './report.ts';
import type { Version } from './version.ts';
import type { Kept, Test } from './versions.ts';

/** What is kept of a report besides its JSON, by place. */
const [EVENT, AT, SIZE_BOUND, BYTES, PENDING, NUMBERS] = [0, 1, 2, 3, 4, 5];

/**
 * A version with its row and the reports that follow it, as texts and numbers: objects would take several times as much memory, and
 * keep the garbage collection busy. It only grows.
 */
export class ReportRun {
  readonly first: Version;
  /** Of the first version. */
  readonly number: number;
  readonly #texts: string[] = [];
  /** So many of each report. */
  readonly #numbers: number[] = [];
  /** By place, where it is not that of the version before. */
  #connections: Map<number, Connection> | undefined;
  #estimate: number;

  constructor(first: Version) {
    this.first = first;
    this.number = first.number;
    this.#estimate = first.bytes;
  }

  /** The first version included. */
  get size(): number {
    return 1 + this.#texts.length;
  }

  /** Sum of the estimates of all versions that are not passed on, bytes. */
  get estimate(): number {
    return this.#estimate;
  }

  add({ event, at, sizeBound, bytes, pendingMessages, connection, text }: ReportParts): void {
    if (connection !== undefined) {
      this.#connections ??= new Map();
      this.#connections.set(this.size, connection);
    }
    this.#texts.push(text);
    this.#numbers.push(event, at, sizeBound, bytes, pendingMessages);
    this.#estimate += bytes;
  }

  /** The next run begins with the latest report, which counts there. */
  passLatest(): void {
    this.#estimate -= this.#number(this.#texts.length, BYTES);
  }

  /** Adds the versions from one place to another to an array. */
  copy(from: number, to: number, versions: Kept[]): void {
    if (from === 0 && to > 0) versions.push(this.first);
    for (let place = Math.max(1, from); place < to; place++) versions.push(this.#report(place));
  }

  /** Of the version at a place. */
  eventAt(place: number): number {
    return place === 0 ? this.first.event : this.#number(place, EVENT);
  }

  /** The last place before `to` that passes the test; -1 if none does. */
  findLast(to: number, test: Test): number {
    for (let place = to - 1; place > 0; place--)
      if (test({ event: this.#number(place, EVENT), at: this.#number(place, AT) })) return place;
    return to > 0 && test(this.first) ? 0 : -1;
  }

  #report(place: number): Report {
    return new Report(
      {
        number: this.number + place,
        event: this.#number(place, EVENT),
        at: this.#number(place, AT),
        bytes: this.#number(place, BYTES),
      },
      {
        sizeBound: this.#number(place, SIZE_BOUND),
        pendingMessages: this.#number(place, PENDING),
        connection: this.#connections?.get(place),
      },
      { text: this.#texts[place - 1] ?? '' },
    );
  }

  /** Of the report at a place. */
  #number(place: number, which: number): number {
    return this.#numbers[(place - 1) * NUMBERS + which] ?? 0;
  }
}
