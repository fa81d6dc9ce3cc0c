/** How far a partition has come, also when no event of it is kept. */
export interface PartitionEnd {
  /** Of the last event; -1 if there was none. */
  readonly sequenceNumber: number;
  /** Of the last event; -1 if there was none. */
  readonly offset: number;
  /** Where the next event begins. */
  readonly nextOffset: number;
  /** When the last event came, ms since 1970; 0 if there was none. */
  readonly enqueuedAt: number;
}

export const NO_EVENTS: PartitionEnd = { sequenceNumber: -1, offset: -1, nextOffset: 0, enqueuedAt: 0 };
