import type { PartitionEnd } from './partition-end.ts';
import type { PartitionLog } from './partition-log.ts';

/** Where a reader begins. */
export type StreamPosition =
  | { readonly from: 'earliest' }
  | { readonly from: 'latest' }
  | { readonly from: 'offset' | 'sequenceNumber'; readonly value: number; readonly inclusive: boolean }
  /** Milliseconds since 1970: what was enqueued after it. */
  | { readonly from: 'enqueuedAt'; readonly value: number; readonly inclusive: boolean };

/** The number of the first event that a reader gets; that of the next event if there is none yet. */
export const firstAt = (
  position: StreamPosition,
  log: Pick<PartitionLog, 'first' | 'firstInTime'>,
  end: PartitionEnd,
): number => {
  const next = end.sequenceNumber + 1;
  if (position.from === 'latest') return next;
  if (position.from === 'earliest') return log.first(() => true)?.sequenceNumber ?? next;
  const { from, value, inclusive } = position;
  const isBehind = (place: number): boolean => place > value || (inclusive && place === value);
  const first = from === 'enqueuedAt' ? log.firstInTime(isBehind) : log.first((event) => isBehind(event[from]));
  return first?.sequenceNumber ?? next;
};
