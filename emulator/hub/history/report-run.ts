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
  /** Where the reports are. */
  readonly #starts: number[] = [];
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
    return 1 + this.#starts.length;
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
    const start = this.#starts[this.#starts.length - 1];
    return start === undefined ? this.first.bytes : this.#memory.view.getUint32(start + BYTES);
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
      this.#connections.set(this.size, connection);
    }
    this.#used = start + JSON_AT + json.length;
    this.#starts.push(start);
    this.#estimate += estimate;
  }

  /** Adds the versions from one place to another to an array. */
  copy(from: number, to: number, versions: Kept[]): void {
    if (from === 0 && to > 0) versions.push(this.first);
    for (let place = Math.max(1, from); place < to; place++) versions.push(this.#report(place));
  }

  /** The last place before `to` that passes the test; -1 if none does. */
  findLast(to: number, test: Test): number {
    const { view } = this.#memory;
    for (let place = to - 1; place > 0; place--) {
      const start = this.#startOf(place);
      if (test({ event: view.getFloat64(start + EVENT), at: view.getFloat64(start + AT) })) return place;
    }
    return to > 0 && test(this.first) ? 0 : -1;
  }

  #report(place: number): Report {
    const { bytes, view } = this.#memory;
    const start = this.#startOf(place);
    const json = start + JSON_AT;
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
      { json: bytes.subarray(json, json + view.getUint32(start + LENGTH)) },
    );
  }

  /** Throws a RangeError if there is no report. */
  #startOf(place: number): number {
    const start = this.#starts[place - 1];
    if (start === undefined) throw new RangeError(`There is no version ${place}.`);
    return start;
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
