import { expect, test } from 'vitest';
import { CLOUD_TO_DEVICE } from '../../../emulator/hub/messaging/cloud-to-device.ts';
import type { FeedbackDelivery } from '../../../emulator/hub/messaging/feedback.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';
import { HOUR, MINUTE, newWorld } from '../../support/hub/messages.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-feedback

/** A message that ends in each of the ways. */
const ENDINGS = ['complete', 'reject', 'dead-letter', 'expire', 'purge'] as const;

const end = (world: ReturnType<typeof newWorld>, how: (typeof ENDINGS)[number], ack: string): void => {
  const { inbox, clock, send } = world;
  send('x', { messageId: how, ack });
  const token = () => inbox.receive('d1')?.lock.token ?? '';
  if (how === 'complete' || how === 'reject') inbox[how]('d1', token());
  else if (how === 'dead-letter') for (let i = 0; i < 10; i++) inbox.abandon('d1', token());
  else if (how === 'expire') clock.advance(HOUR);
  else inbox.purge('d1');
};

const statuses = (ack: string): string[] => {
  const world = newWorld();
  for (const how of ENDINGS) end(world, how, ack);
  return world.events.flatMap((event) => (event.type === 'feedback.recorded' ? [event.record.statusCode] : []));
};

test('a sender gets the feedback that it asked for', () => {
  const failures = ['Rejected', 'DeliveryCountExceeded', 'Expired', 'Purged'];
  expect(statuses('none')).toEqual([]);
  expect(statuses('positive')).toEqual(['Success']);
  expect(statuses('negative')).toEqual(failures);
  expect(statuses('full')).toEqual(['Success', ...failures]);
  expect(statuses('Full')).toEqual(['Success', ...failures]); // as older SDKs write it
});

test('any other kind of feedback is refused', () => {
  const { send } = newWorld();
  expect(refusal(() => send('x', { ack: 'always' }))).toMatchObject({ code: 'ArgumentInvalid' });
});

test('a record has the members that the documentation lists', () => {
  const world = newWorld();
  end(world, 'complete', 'full');
  world.clock.settle();
  expect(world.feedback.receive()?.item).toEqual([
    {
      originalMessageId: 'complete',
      enqueuedTimeUtc: '2026-01-01T00:00:00Z',
      statusCode: 'Success',
      description: 'Success',
      deviceId: 'd1',
      deviceGenerationId: world.hub.registry.get('d1').identity.generationId,
    },
  ]);
});

test('a batch is sent 15 s after the one before', () => {
  const world = newWorld();
  const { clock, feedback } = world;
  const sizes = () => [...feedback.batches()].map(({ item }) => item.length);
  end(world, 'complete', 'full');
  clock.settle();
  expect(sizes()).toEqual([1]);
  end(world, 'complete', 'full');
  end(world, 'reject', 'full');
  clock.advance(14_999);
  expect(sizes()).toEqual([1]);
  clock.advance(1);
  expect(sizes()).toEqual([1, 2]);
});

test('a batch of 64 records is sent at once', () => {
  const world = newWorld();
  end(world, 'complete', 'full');
  world.clock.settle();
  for (let i = 0; i < 65; i++) end(world, 'complete', 'full');
  expect([...world.feedback.batches()].map(({ item }) => item.length)).toEqual([1, 64]);
  expect([...world.feedback.records()]).toHaveLength(1);
});

test('a batch is locked for 60 s, abandoned at most ten times, and expires after an hour', () => {
  const world = newWorld();
  const { clock, feedback } = world;
  end(world, 'complete', 'full');
  clock.settle();
  const first = feedback.receive()?.lock.token ?? '';
  expect(feedback.receive()).toBeUndefined();
  clock.advance(MINUTE);
  expect(refusal(() => feedback.complete(first))).toMatchObject({ code: 'DeviceMessageLockLost' });
  for (let i = 0; i < 9; i++) feedback.abandon(feedback.receive()?.lock.token ?? '');
  expect(feedback.receive()).toMatchObject({ deliveryCount: 9 });
  clock.advance(HOUR);
  expect(feedback.receive()).toBeUndefined();
  expect(world.told().at(-1)).toBe('feedback.expired');
});

test('readers share the batches, and what one of them leaves goes to the next', () => {
  const world = newWorld();
  const { clock, feedback } = world;
  const read = () => {
    const got: FeedbackDelivery[] = [];
    const reader = { credit: () => 1 - got.length, deliver: (batch: FeedbackDelivery) => got.push(batch) };
    feedback.read(reader);
    return { got, stop: () => feedback.leave(reader) };
  };
  const [first, second] = [read(), read()];
  end(world, 'complete', 'full');
  clock.advance(15_000);
  end(world, 'reject', 'full');
  clock.advance(15_000);
  end(world, 'purge', 'full');
  clock.advance(15_000);
  const numbers = (reader: typeof first) => reader.got.map(({ number }) => number);
  expect([numbers(first), numbers(second)]).toEqual([[1], [2]]);
  feedback.complete(second.got[0]?.lock.token ?? '');
  first.stop();
  expect(numbers(read())).toEqual([1]);
});

test('feedback about a deleted device is gone', () => {
  const world = newWorld();
  end(world, 'complete', 'full');
  world.hub.registry.delete({ deviceId: 'd1' }, '*');
  world.clock.settle();
  expect(world.feedback.receive()).toBeUndefined();
});

test('without an interval each record is a batch at once', () => {
  const { feedback: settings, ...rest } = CLOUD_TO_DEVICE;
  const world = newWorld({ cloudToDevice: { ...rest, feedback: { ...settings, intervalMs: 0 } } });
  end(world, 'complete', 'full');
  end(world, 'reject', 'full');
  expect([...world.feedback.batches()].map(({ item }) => item.map(({ statusCode }) => statusCode))).toEqual([
    ['Success'],
    ['Rejected'],
  ]);
});

test('feedback waits for at most 15 s after a start, too, when the clock was set back by a day', () => {
  const world = newWorld();
  world.clock.advance(24 * HOUR);
  end(world, 'complete', 'full');
  world.clock.settle();
  end(world, 'reject', 'full');
  const { hub, clock } = newHub();
  for (const change of world.hub.changes.entries()) if (change.space !== 'clock') hub.changes.load(change);
  hub.resume();
  clock.advance(14_999);
  expect([...hub.feedback.records()]).toHaveLength(1);
  clock.advance(1);
  expect([...hub.feedback.records()]).toEqual([]);
});
