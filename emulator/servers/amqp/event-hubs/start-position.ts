import type { PartitionEnd } from '../../../hub/event-stream/partition-end.ts';
import type { StreamPosition } from '../../../hub/event-stream/position.ts';
import { type Fields, isTyped, textOf, type Value } from '../engine/codec/values.ts';
import { AmqpError } from '../engine/errors.ts';

const FILTER = 'apache.org:selector-filter:string';

/** `az iot hub monitor-events` writes numbers without quotes and has another name for the time. */
const CONDITION = /^\s*amqp\.annotation\.(x-opt-[a-z-]+)\s*(>=?)\s*'?(@latest|-?\d+)'?\s*$/i;

const FIELDS: Readonly<Record<string, 'offset' | 'sequenceNumber' | 'enqueuedAt'>> = {
  'x-opt-offset': 'offset',
  'x-opt-sequence-number': 'sequenceNumber',
  'x-opt-enqueued-time': 'enqueuedAt',
  'x-opt-enqueuedtimeutc': 'enqueuedAt',
};

/**
 * Where a link begins to read, by the filter of its source; UNCERTAIN: at the first event if it has none. Throws AmqpError.
 * https://learn.microsoft.com/azure/event-hubs/event-hubs-programming-guide#consumer-groups
 */
export const startPosition = (filter: Fields | undefined): StreamPosition => {
  const text = conditionIn(filter?.get(FILTER));
  if (text === undefined) return { from: 'earliest' };
  const [, name = '', operator, value = ''] = CONDITION.exec(text) ?? [];
  const from = FIELDS[name.toLowerCase()];
  if (from === undefined) throw new AmqpError('com.microsoft:argument-error', `The filter '${text}' is not supported.`);
  if (value.toLowerCase() === '@latest') return { from: 'latest' };
  return { from, value: Number(value), inclusive: operator === '>=' };
};

/** Throws AmqpError for an offset or a number beyond the last event. UNCERTAIN: an old one begins at the oldest event. */
export const demandWithin = (position: StreamPosition, end: PartitionEnd): void => {
  if (position.from !== 'offset' && position.from !== 'sequenceNumber') return;
  const last = end[position.from];
  if (position.value <= last) return;
  const what = position.from === 'offset' ? 'offset' : 'sequence number';
  // https://github.com/Azure/azure-event-hubs-python/issues/13 has the text of the service
  throw new AmqpError(
    'com.microsoft:argument-error',
    `The supplied ${what} '${position.value}' is invalid. The last ${what} in the system is '${last}'`,
  );
};

const conditionIn = (value: Value | undefined): string | undefined =>
  isTyped(value) && value.type === 'described' ? textOf(value.value) : textOf(value);
