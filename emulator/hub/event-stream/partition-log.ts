import type { StreamEvent } from './stream-event.ts';

/** The events of one partition that are kept, oldest first. */
export class PartitionLog {
  #events: StreamEvent[];
  /** Index of the oldest one that is kept: those before it are cut off from time to time. */
  #first = 0;

  constructor(events: StreamEvent[] = []) {
    this.#events = events;
  }

  get size(): number {
    return this.#events.length - this.#first;
  }

  get oldest(): StreamEvent | undefined {
    return this.#events[this.#first];
  }

  get newest(): StreamEvent | undefined {
    return this.size === 0 ? undefined : this.#events.at(-1);
  }

  find(sequenceNumber: number): StreamEvent | undefined {
    const event = this.#events[this.#indexOf((one) => one.sequenceNumber >= sequenceNumber)];
    return event?.sequenceNumber === sequenceNumber ? event : undefined;
  }

  /** The first event that meets `condition`, which holds for all later ones too. */
  first(condition: (event: StreamEvent) => boolean): StreamEvent | undefined {
    return this.#events[this.#indexOf(condition)];
  }

  /** The first event that was enqueued at such a time. All are looked at: a machine's clock that was set back repeats times. */
  firstInTime(isWanted: (enqueuedAt: number) => boolean): StreamEvent | undefined {
    return this.#events.find((event, index) => index >= this.#first && isWanted(event.enqueuedAt));
  }

  /** At most `count` events, from the one numbered `sequenceNumber` on. */
  from(sequenceNumber: number, count: number): StreamEvent[] {
    const start = this.#indexOf((event) => event.sequenceNumber >= sequenceNumber);
    return this.#events.slice(start, start + count);
  }

  /** All of them, as an array of their own. */
  all(): StreamEvent[] {
    return this.#events.slice(this.#first);
  }

  /** Adds an event in its place; one of the same number is replaced. */
  put(event: StreamEvent): void {
    const { newest } = this;
    if (newest === undefined || newest.sequenceNumber < event.sequenceNumber) {
      this.#events.push(event);
      return;
    }
    const index = this.#indexOf((one) => one.sequenceNumber >= event.sequenceNumber);
    const replaced = this.#events[index]?.sequenceNumber === event.sequenceNumber ? 1 : 0;
    this.#events.splice(index, replaced, event);
  }

  /** Gives the event that was there. */
  remove(sequenceNumber: number): StreamEvent | undefined {
    const index = this.#indexOf((event) => event.sequenceNumber >= sequenceNumber);
    const event = this.#events[index];
    if (event?.sequenceNumber !== sequenceNumber) return undefined;
    if (index === this.#first) this.#cut();
    else this.#events.splice(index, 1);
    return event;
  }

  /** The oldest event no longer counts; its memory is released now or a little later. */
  #cut(): void {
    this.#first += 1;
    if (this.#first < SLACK && this.#first < this.#events.length) return;
    if (this.#first * 2 < this.#events.length) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }

  /** The index of the first event that meets `condition`, which holds for all later ones too. */
  #indexOf(condition: (event: StreamEvent) => boolean): number {
    let [low, high] = [this.#first, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const event = this.#events[middle];
      if (event !== undefined && condition(event)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

// events that are not worth a copy of the rest
const SLACK = 64;
