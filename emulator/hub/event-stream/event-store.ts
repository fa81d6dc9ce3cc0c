import type { Message } from '../../../protocol/message.ts';
import type { Row, RowChange, Store, StoreCopy, StoreListener } from '../../kernel/store.ts';
import { EventMemory, type EventPlace } from './packed-event.ts';
import { PartitionLog } from './partition-log.ts';
import { eventKey, type StreamEvent, splitEventKey } from './stream-event.ts';

/** The events of all partitions, as rows: partition by partition, oldest event first. */
export class EventStore implements Store<StreamEvent> {
  readonly #logs = new Map<string, PartitionLog>();
  readonly #memories = new Map<string, EventMemory>();
  #listener: StoreListener<StreamEvent> | undefined;

  /** The log of a partition; an empty one if nothing was put into it. */
  log(partition: string): Omit<PartitionLog, 'put' | 'remove'> {
    return this.#logs.get(partition) ?? NOTHING;
  }

  partitions(): string[] {
    return [...this.#logs.keys()].sort();
  }

  /** Puts a new event behind all others. */
  append(partition: string, place: EventPlace, message: Message): StreamEvent {
    let memory = this.#memories.get(partition);
    if (memory === undefined) {
      memory = new EventMemory();
      this.#memories.set(partition, memory);
    }
    const event = memory.pack(place, message);
    this.put(partition, event);
    return event;
  }

  put(partition: string, event: StreamEvent): void {
    let log = this.#logs.get(partition);
    if (log === undefined) {
      log = new PartitionLog();
      this.#logs.set(partition, log);
    }
    log.put(event);
    this.#listener?.(eventKey(partition, event), event);
  }

  remove(partition: string, sequenceNumber: number): void {
    const log = this.#logs.get(partition);
    if (log?.remove(sequenceNumber) === undefined) return;
    if (log.size === 0) {
      this.#logs.delete(partition);
      this.#memories.delete(partition);
    }
    this.#listener?.(eventKey(partition, { sequenceNumber }), undefined);
  }

  setListener(listener: StoreListener<StreamEvent> | undefined): void {
    this.#listener = listener;
  }

  entries(): Iterable<Row<StreamEvent>> {
    return this.copy().entries();
  }

  load({ key, value }: RowChange<StreamEvent>): void {
    const { partition, sequenceNumber } = splitEventKey(key);
    if (value === undefined) this.remove(partition, sequenceNumber);
    else this.put(partition, value);
  }

  copy(): EventCopy {
    return new EventCopy(new Map(this.partitions().map((partition) => [partition, this.log(partition).all()])));
  }

  restore(copy: StoreCopy<StreamEvent>): void {
    const wanted = copy instanceof EventCopy ? copy : EventCopy.of(copy);
    for (const partition of this.partitions())
      for (const event of this.log(partition).all())
        if (wanted.at(partition, event.sequenceNumber) !== event) this.remove(partition, event.sequenceNumber);
    for (const [partition, events] of wanted.logs)
      for (const event of events)
        if (this.log(partition).find(event.sequenceNumber) !== event) this.put(partition, event);
  }
}

const NOTHING = new PartitionLog();

/** The events of one moment, by partition. */
class EventCopy implements StoreCopy<StreamEvent> {
  readonly logs: ReadonlyMap<string, readonly StreamEvent[]>;
  #searchable: ReadonlyMap<string, PartitionLog> | undefined;

  constructor(logs: ReadonlyMap<string, readonly StreamEvent[]>) {
    this.logs = logs;
  }

  static of(copy: StoreCopy<StreamEvent>): EventCopy {
    const store = new EventStore();
    for (const row of copy.entries()) store.load(row);
    return store.copy();
  }

  get size(): number {
    let size = 0;
    for (const events of this.logs.values()) size += events.length;
    return size;
  }

  find(key: string): StreamEvent | undefined {
    const { partition, sequenceNumber } = splitEventKey(key);
    return this.at(partition, sequenceNumber);
  }

  at(partition: string, sequenceNumber: number): StreamEvent | undefined {
    this.#searchable ??= new Map([...this.logs].map(([name, events]) => [name, new PartitionLog([...events])]));
    return this.#searchable.get(partition)?.find(sequenceNumber);
  }

  *entries(): Generator<Row<StreamEvent>> {
    for (const [partition, events] of this.logs)
      for (const event of events) yield { key: eventKey(partition, event), value: event };
  }
}
