import type { EventStream } from './event-stream.ts';
import type { StreamPosition } from './position.ts';
import type { PartitionName, StreamEvent } from './stream-event.ts';

/** Reads one partition, event by event, at its own pace. It keeps nothing but its place. */
export class PartitionReader {
  readonly #stream: EventStream;
  readonly #name: PartitionName;
  #next: number;

  constructor(stream: EventStream, name: PartitionName, position: StreamPosition) {
    this.#stream = stream;
    this.#name = name;
    this.#next = stream.first(name, position);
  }

  /** The next events, at most `count`. What was removed meanwhile is left out. */
  take(count: number): readonly StreamEvent[] {
    const events = this.#stream.read(this.#name, this.#next, count);
    const last = events.at(-1);
    if (last !== undefined) this.#next = last.sequenceNumber + 1;
    return events;
  }

  /** Calls `arrived` when there may be more to take. Returns the way to stop. */
  follow(arrived: () => void): () => void {
    return this.#stream.watch(this.#name, () => {
      // after a reset of the hub, numbers start again
      this.#next = Math.min(this.#next, this.#stream.end(this.#name).sequenceNumber + 1);
      arrived();
    });
  }
}
