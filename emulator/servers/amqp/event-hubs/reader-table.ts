import { AmqpError } from '../engine/errors.ts';

/** A link that reads a partition for a consumer group. */
export interface Reader {
  /** Undefined for a reader that shares the partition with others. */
  readonly epoch: number | undefined;
  detach(error: AmqpError): void;
}

/** https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas */
const MOST_READERS = 5;

/**
 * Who reads which partition: up to five readers of a consumer group, or one with an epoch.
 * https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch
 */
export class ReaderTable {
  readonly #readers = new Map<string, Set<Reader>>();

  /**
   * Admits a reader; one with an epoch ends those with a lower epoch, the same, or none. `place`: event hub, group and
   * partition. Throws AmqpError for the sixth reader, and for one that would have to end another with a higher epoch.
   */
  add(place: string, reader: Reader): void {
    const present = this.#readers.get(place) ?? new Set();
    const { epoch } = reader;
    for (const other of present)
      if (other.epoch !== undefined && (epoch === undefined || other.epoch > epoch))
        throw stolen(`A receiver with the epoch ${other.epoch} reads this partition already.`);
    if (epoch === undefined && present.size >= MOST_READERS)
      throw new AmqpError(
        'amqp:resource-limit-exceeded',
        `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${MOST_READERS}.`,
      );
    if (epoch !== undefined) {
      for (const other of [...present]) other.detach(stolen(`A receiver with the epoch ${epoch} has taken over.`));
      present.clear();
    }
    this.#readers.set(place, present.add(reader));
  }

  remove(place: string, reader: Reader): void {
    const present = this.#readers.get(place);
    present?.delete(reader);
    if (present?.size === 0) this.#readers.delete(place);
  }
}

const stolen = (description: string): AmqpError => new AmqpError('amqp:link:stolen', description);
