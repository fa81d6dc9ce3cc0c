import { expect, test } from 'vitest';
import { described, symbol, type Value } from '../../emulator/servers/amqp/engine/codec/values.ts';
import { AmqpError } from '../../emulator/servers/amqp/engine/errors.ts';
import { ReaderTable } from '../../emulator/servers/amqp/event-hubs/reader-table.ts';
import { demandWithin, startPosition } from '../../emulator/servers/amqp/event-hubs/start-position.ts';

const NAME = 'apache.org:selector-filter:string';

const filterOf = (text: string): ReadonlyMap<string, Value> => new Map([[NAME, described(symbol(NAME), text)]]);

const conditionOf = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof AmqpError ? error.condition : String(error);
  }
};

// https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/eventhub/event-hubs/src/eventPosition.ts; the last one:
// https://github.com/Azure/azure-iot-cli-extension/blob/dev/azext_iot/monitor/builders/_common.py
test.each<[string, ReturnType<typeof startPosition>]>([
  ["amqp.annotation.x-opt-offset > '-1'", { from: 'offset', value: -1, inclusive: false }],
  ["amqp.annotation.x-opt-offset > '@latest'", { from: 'latest' }],
  ["amqp.annotation.x-opt-offset >= '4096'", { from: 'offset', value: 4096, inclusive: true }],
  ["amqp.annotation.x-opt-sequence-number > '7'", { from: 'sequenceNumber', value: 7, inclusive: false }],
  [
    "amqp.annotation.x-opt-enqueued-time > '1767225600000'",
    { from: 'enqueuedAt', value: 1767225600000, inclusive: false },
  ],
  [
    'amqp.annotation.x-opt-enqueuedtimeutc > 1767225600000',
    { from: 'enqueuedAt', value: 1767225600000, inclusive: false },
  ],
])('a link begins where its filter says: %s', (text, position) => {
  expect(startPosition(filterOf(text))).toEqual(position);
});

test('a link without a filter begins at the first event, and another filter is refused', () => {
  expect(startPosition(undefined)).toEqual({ from: 'earliest' });
  for (const text of ["color = 'red'", "amqp.annotation.x-opt-offset < '5'", "amqp.annotation.x-opt-color > '5'", ''])
    expect(conditionOf(() => startPosition(filterOf(text)))).toBe('com.microsoft:argument-error');
});

// https://github.com/Azure/azure-event-hubs-python/issues/13
test('a link cannot begin behind the last event', () => {
  const end = { sequenceNumber: 3, offset: 900, nextOffset: 1200, enqueuedAt: 0 };
  const begin = (text: string) => conditionOf(() => demandWithin(startPosition(filterOf(text)), end));
  expect(begin("amqp.annotation.x-opt-offset > '900'")).toBeUndefined();
  expect(begin("amqp.annotation.x-opt-offset > '901'")).toBe('com.microsoft:argument-error');
  expect(begin("amqp.annotation.x-opt-sequence-number > '3'")).toBeUndefined();
  expect(begin("amqp.annotation.x-opt-sequence-number > '4'")).toBe('com.microsoft:argument-error');
});

const newTable = () => {
  const table = new ReaderTable();
  const ended: string[] = [];
  const add = (name: string, epoch?: number) => {
    const reader = { epoch, detach: ({ condition }: AmqpError) => ended.push(`${name} ${condition}`) };
    return { refused: conditionOf(() => table.add('events/$default/0', reader)), reader };
  };
  return { table, ended, add };
};

// https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas
test('five readers of a consumer group share a partition, the sixth is refused until one leaves', () => {
  const { table, add } = newTable();
  const [first] = [1, 2, 3, 4, 5].map((n) => add(`${n}`));
  expect(add('6').refused).toBe('amqp:resource-limit-exceeded');
  if (first !== undefined) table.remove('events/$default/0', first.reader);
  expect(add('7').refused).toBeUndefined();
});

// https://learn.microsoft.com/azure/event-hubs/event-hubs-event-processor-host#epoch
test('a reader with an epoch ends all others, unless one has a higher epoch', () => {
  const { ended, add } = newTable();
  add('plain');
  expect(add('first', 1).refused).toBeUndefined();
  expect(ended).toEqual(['plain amqp:link:stolen']);
  expect(add('equal', 1).refused).toBeUndefined();
  expect(ended.at(-1)).toBe('first amqp:link:stolen');
  expect([add('lower', 0).refused, add('plain').refused]).toEqual(['amqp:link:stolen', 'amqp:link:stolen']);
  expect(add('higher', 2).refused).toBeUndefined();
  expect(ended.at(-1)).toBe('equal amqp:link:stolen');
});
