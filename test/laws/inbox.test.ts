import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLOUD_TO_DEVICE } from '../../emulator/hub/messaging/cloud-to-device.ts';
import type { Inbox } from '../../emulator/hub/messaging/inbox.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { newHub, refusal } from '../support/hub/hub.ts';
import { message } from '../support/hub/messages.ts';
import { QueueModel, type Settling } from '../support/model/queue-model.ts';
import { runs } from '../support/runs.ts';

const SECOND = 1000;
const SIZE = { size: 4, maxDeliveries: 3 };

const step = fc.oneof(
  fc.record({
    type: fc.constant('send' as const),
    ack: fc.constantFrom('none', 'positive', 'negative', 'full'),
    ttl: fc.option(fc.constantFrom(0, 2, 5, 90), { nil: undefined }),
  }),
  fc.record({ type: fc.constant('receive' as const), lock: fc.constantFrom(1, 3, 60) }),
  fc.record({
    type: fc.constant('settle' as const),
    /** Counted back from the latest delivery: most tokens are old ones. */
    back: fc.nat(3),
    how: fc.constantFrom<Settling>('complete', 'reject', 'abandon'),
  }),
  fc.record({ type: fc.constant('advance' as const), seconds: fc.constantFrom(0.5, 1, 2, 60) }),
  fc.record({ type: fc.constant('purge' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const weighted = fc.array(step, { maxLength: 40, size: 'max' });

const newQueue = () => {
  const { hub, clock, events } = newHub({
    limits: { ...LIMITS.azure, inboxSize: SIZE.size },
    cloudToDevice: { ...CLOUD_TO_DEVICE, maxDeliveryCount: SIZE.maxDeliveries },
  });
  hub.registry.create({ deviceId: 'd1' }, {});
  return { hub, clock, events, start: clock.now(), tokens: [] as string[], sent: 0 };
};
type Queue = ReturnType<typeof newQueue>;

/** Does a step; returns what a caller sees of it. */
const act = (queue: Queue, one: Step): unknown => {
  const { hub, clock, tokens } = queue;
  switch (one.type) {
    case 'send': {
      const expiry =
        one.ttl === undefined ? {} : { expiryTimeUtc: new Date(clock.now() + one.ttl * SECOND).toISOString() };
      const system = { messageId: `m${queue.sent++}`, ack: one.ack, ...expiry };
      return refusal(() => hub.inbox.enqueue('d1', message('x', system)))?.code ?? 'sent';
    }
    case 'receive': {
      const delivery = hub.inbox.receive('d1', one.lock);
      if (delivery !== undefined) tokens.push(delivery.lock.token);
      return delivery?.item.system.messageId;
    }
    case 'settle':
      return refusal(() => hub.inbox[one.how]('d1', tokens.at(-1 - one.back) ?? 'none'))?.code ?? 'settled';
    case 'advance':
      clock.advance(one.seconds * SECOND);
      return undefined;
    case 'purge':
      return hub.inbox.purge('d1');
    default:
      return one satisfies never;
  }
};

/** The same by the model. */
const expectation = (model: QueueModel, one: Step, { tokens, sent }: { tokens: number; sent: number }): unknown => {
  switch (one.type) {
    case 'send': {
      const outcome = model.send(`m${sent}`, one.ack, one.ttl === undefined ? undefined : one.ttl * SECOND);
      return outcome === 'sent' ? 'sent' : 'DeviceMaximumQueueDepthExceeded';
    }
    case 'receive':
      return model.receive(one.lock * SECOND);
    case 'settle':
      return model.settle(tokens - 1 - one.back, one.how) === 'settled' ? 'settled' : 'DeviceMessageLockLost';
    case 'advance':
      return void model.advance(one.seconds * SECOND);
    case 'purge':
      return model.purge();
    default:
      return one satisfies never;
  }
};

const rows = ({ hub }: Queue): string[] =>
  hub.inbox
    .list('d1')
    .map(({ item, deliveryCount, lock }) => `${item.system.messageId} ${deliveryCount}${lock ? ' locked' : ''}`);

const feedback = ({ events }: Queue): string[] =>
  events.flatMap((event) =>
    event.type === 'feedback.recorded' ? [`${event.record.originalMessageId} ${event.record.statusCode}`] : [],
  );

/** The inbox against the model; `plant` may make a mistake in it. */
const agreement = (plant: (queue: Queue) => void = () => {}) =>
  fc.property(weighted, (sequence) => {
    const queue = newQueue();
    const model = new QueueModel(SIZE);
    plant(queue);
    for (const one of sequence) {
      const before = { tokens: queue.tokens.length, sent: queue.sent };
      expect(act(queue, one)).toEqual(expectation(model, one, before));
      expect(rows(queue)).toEqual(model.rows);
      expect(feedback(queue)).toEqual(model.feedback);
      expect(queue.hub.registry.get('d1').pendingMessages).toBe(model.rows.length);
    }
  });

test('messages to a device are handed out, settled and end as the documentation says, whatever is done', () => {
  fc.assert(agreement(), { numRuns: runs(1000) });
}, 120_000);

type Enqueue = Inbox['enqueue'];

test.each<[string, (queue: Queue) => void]>([
  ['a lock token is used again', ({ hub }) => Object.assign(hub.ids, { lockToken: () => 'always the same' })],
  [
    'an abandoned message is not counted',
    ({ hub: { inbox } }) => {
      const abandon = inbox.abandon.bind(inbox);
      inbox.abandon = (key, token) =>
        inbox.list(key).some(({ lock }) => lock?.token === token) ? inbox.release(key, token) : abandon(key, token);
    },
  ],
  [
    'the second message is handed out before the first',
    ({ hub: { inbox } }) => {
      const receive = inbox.receive.bind(inbox);
      inbox.receive = (key, seconds) => {
        const [first, second] = [receive(key, seconds), receive(key, seconds)];
        if (first !== undefined && second !== undefined) inbox.release(key, first.lock.token);
        return second ?? first;
      };
    },
  ],
  [
    'a message that has expired is handed out',
    ({ hub: { inbox } }) => {
      const enqueue: Enqueue = inbox.enqueue.bind(inbox);
      inbox.enqueue = (key, { system: { expiryTimeUtc: _, ...system }, ...rest }) => enqueue(key, { ...rest, system });
    },
  ],
  [
    'a lock does not end',
    ({ hub: { inbox } }) => {
      const receive = inbox.receive.bind(inbox);
      inbox.receive = (key) => receive(key, 300);
    },
  ],
  [
    'a message that was completed stays',
    ({ hub: { inbox } }) => {
      const complete = inbox.complete.bind(inbox);
      inbox.complete = (key, token) => {
        const message = inbox.list(key).find(({ lock }) => lock?.token === token);
        complete(key, token);
        if (message !== undefined) inbox.load(key, [message, ...inbox.list(key)]);
      };
    },
  ],
  [
    'a purge gives no feedback',
    ({ hub: { feedback: room } }) => {
      const note = room.note.bind(room);
      room.note = (queued, outcome) => outcome !== 'Purged' && note(queued, outcome);
    },
  ],
])('the law notices that %s', (_, plant) => {
  expect(fc.check(agreement(plant), { numRuns: 1000, endOnFailure: true }).failed).toBe(true);
});
