import { keySpace } from '../../kernel/change-feed.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { EventStream } from '../event-stream/event-stream.ts';
import { type PartitionName, partitionKey, splitPartitionKey } from '../event-stream/stream-event.ts';

/** How far one partition of an endpoint has come. */
export interface OutboxProgress {
  /** The number of the next event to send. */
  readonly next: number;
  /** How often it was sent in vain. */
  readonly failures: number;
}

/** How far the partitions of endpoints have come. */
export class OutboxProgresses {
  readonly #stream: EventStream;
  /** By partition. */
  readonly #rows = new StateMap<OutboxProgress>();

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  get space() {
    return keySpace('outbox', this.#rows);
  }

  has(name: PartitionName): boolean {
    return this.#rows.has(partitionKey(name));
  }

  /** From the oldest event on, if nothing was sent yet. */
  of(name: PartitionName): OutboxProgress {
    return this.#rows.get(partitionKey(name)) ?? { next: this.#stream.begin(name), failures: 0 };
  }

  set(name: PartitionName, progress: OutboxProgress): OutboxProgress {
    this.#rows.set(partitionKey(name), progress);
    return progress;
  }

  /** Messages of a partition that are not sent yet. */
  waiting(name: PartitionName): number {
    return Math.max(0, this.#stream.end(name).sequenceNumber + 1 - this.of(name).next);
  }

  /** Forgets endpoints that are gone, and failures of the others. */
  startAgain(isThere: (endpoint: string) => boolean): void {
    for (const { key, value } of this.#rows.entries())
      if (isThere(splitPartitionKey(key).eventHub)) this.#rows.set(key, { ...value, failures: 0 });
      else this.#rows.delete(key);
  }
}
