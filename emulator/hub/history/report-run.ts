import type { Connection } from '../fleet/member.ts';
import { Report, type ReportParts } from './report.ts';
import type { Version } from './version.ts';
import type { Kept, Test } from './versions.ts';

/** Where the parts of a report are: event and time as float64, the others as uint32, then JSON. */
const [EVENT, AT, SIZE_BOUND, BYTES, PENDING, LENGTH, JSON_AT] = [0, 8, 16, 20, 24, 28, 32];
/** How many reports like the first there is room for at first, and how much more there is room for then. */
const FIRST = 4;
const GROWTH = 2;
/** Reports differ in length: room for so many times what is expected. */
const LEEWAY = 1.1;

interface Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * A version with its row and the reports that follow it, as bytes: objects would take several times as much, and keep the
 * garbage collection busy. It only grows.
 */
export class ReportRun {
  readonly first: Version;
  #memory: Memory;
  #used = 0;
  /** Where the latest report is. */
  #latest = 0;
  #size = 1;
  /** By place, where it is not that of the version before. */
  #connections: Map<number, Connection> | undefined;
  #estimate: number;

  /** `room`: bytes of reports that are expected. */
  constructor(first: Version, room = 0) {
    this.first = first;
    this.#estimate = first.bytes;
    this.#memory = room === 0 ? NONE : memoryOf(Math.ceil(room * LEEWAY));
  }

  /** The first version included. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the reports. */
  get used(): number {
    return this.#used;
  }

  /** Sum of the estimates of all versions, bytes. */
  get estimate(): number {
    return this.#estimate;
  }

  /** Of the latest version. */
  get latestEstimate(): number {
    return this.#size === 1 ? this.first.bytes : this.#memory.view.getUint32(this.#latest + BYTES);
  }

  /** Copies the report. */
  add({ event, at, sizeBound, bytes: estimate, pendingMessages, connection, json }: ReportParts): void {
    const start = this.#used;
    const { bytes, view } = this.#memoryUntil(start + JSON_AT + json.length);
    view.setFloat64(start + EVENT, event);
    view.setFloat64(start + AT, at);
    view.setUint32(start + SIZE_BOUND, sizeBound);
    view.setUint32(start + BYTES, estimate);
    view.setUint32(start + PENDING, pendingMessages);
    view.setUint32(start + LENGTH, json.length);
    bytes.set(json, start + JSON_AT);
    if (connection !== undefined) {
      this.#connections ??= new Map();
      this.#connections.set(this.#size, connection);
    }
    this.#latest = start;
    this.#used = start + JSON_AT + json.length;
    this.#size += 1;
    this.#estimate += estimate;
  }

  /** The versions from one place to another. */
  slice(from: number, to: number): readonly Kept[] {
    const versions: Kept[] = from === 0 && to > 0 ? [this.first] : [];
    let start = 0;
    for (let place = 1; place < to; place++) {
      if (place >= from) versions.push(this.#report(place, start));
      start = this.#end(start);
    }
    return versions;
  }

  /** The last place before `to` that passes the test; -1 if none does. */
  findLast(to: number, test: Test): number {
    const { view } = this.#memory;
    let found = to > 0 && test(this.first) ? 0 : -1;
    let start = 0;
    for (let place = 1; place < to; place++) {
      if (test({ event: view.getFloat64(start + EVENT), at: view.getFloat64(start + AT) })) found = place;
      start = this.#end(start);
    }
    return found;
  }

  #report(place: number, start: number): Report {
    const { bytes, view } = this.#memory;
    return new Report(
      {
        number: this.first.number + place,
        event: view.getFloat64(start + EVENT),
        at: view.getFloat64(start + AT),
        bytes: view.getUint32(start + BYTES),
      },
      {
        sizeBound: view.getUint32(start + SIZE_BOUND),
        pendingMessages: view.getUint32(start + PENDING),
        connection: this.#connections?.get(place),
      },
      { json: bytes.subarray(start + JSON_AT, this.#end(start)) },
    );
  }

  #end(start: number): number {
    return start + JSON_AT + this.#memory.view.getUint32(start + LENGTH);
  }

  #memoryUntil(end: number): Memory {
    const { bytes } = this.#memory;
    if (end <= bytes.length) return this.#memory;
    const larger = memoryOf(Math.max(bytes.length * GROWTH, (end - this.#used) * FIRST, end));
    larger.bytes.set(bytes.subarray(0, this.#used));
    this.#memory = larger;
    return larger;
  }
}

const memoryOf = (size: number): Memory => {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer) };
};

const NONE = memoryOf(0);
