import fc from 'fast-check';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { FeedbackBatch } from '../../../emulator/hub/messaging/feedback-record.ts';
import type { Locked } from '../../../emulator/hub/messaging/locked-queue.ts';
import { newSession } from './hub.ts';
import { message } from './messages.ts';
import { device, type Step } from './steps.ts';

type Settle = 'complete' | 'reject' | 'abandon' | 'release';

const settle = fc.constantFrom<Settle>('complete', 'reject', 'abandon', 'release');

/** What services do with messages to devices, and devices without a connection. */
export const messaging: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(device, fc.constantFrom('none', 'full'), fc.constantFrom('', 'm')).map(
    ([deviceId, ack, moduleId]): Step =>
      ({ hub }) =>
        hub.inbox.enqueue(moduleId === '' ? deviceId : `${deviceId}/${moduleId}`, message('x', { ack })),
  ),
  fc.tuple(device, settle).map(
    ([key, how]): Step =>
      ({ hub }) =>
        hub.inbox[how](key, hub.inbox.receive(key, 300)?.lock.token ?? ''),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.inbox.receive(key, 1),
  ),
  device.map(
    (key): Step =>
      ({ hub }) =>
        hub.inbox.purge(key),
  ),
  device.map(
    (key): Step =>
      ({ hub, clock }) => {
        hub.inbox.purge(key);
        hub.inbox.enqueue(key, message('x', { ack: 'full' }));
        hub.inbox.complete(key, hub.inbox.receive(key)?.lock.token ?? '');
        clock.advance(15_000);
      },
  ),
  settle.map(
    (how): Step =>
      ({ hub }) =>
        hub.feedback[how](hub.feedback.receive()?.lock.token ?? ''),
  ),
  fc.constantFrom(0, 1_000, 15_000, 60_000).map(
    (ms): Step =>
      ({ clock }) =>
        clock.advance(ms),
  ),
);

/** The same over connections that last: some settle at once, others never. */
export const delivering: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: messaging },
  fc.tuple(device, fc.option(settle)).map(
    ([key, how]): Step =>
      ({ hub }) =>
        listen(hub, key, how),
  ),
  fc.boolean().map(
    (completes): Step =>
      ({ hub }) => {
        let credit = 3;
        const reader = {
          credit: () => credit--,
          deliver: ({ lock }: Locked<FeedbackBatch>) => completes && hub.feedback.complete(lock.token),
        };
        hub.feedback.read(reader);
        if (!completes) hub.feedback.leave(reader);
      },
  ),
);

const listen = (hub: Hub, key: string, how: Settle | null): void => {
  const { session } = newSession(key);
  let credit = 20; // a device that abandons everything gets the same message again and again
  const end = {
    ...session,
    credit: () => credit--,
    deliver: (downlink: Parameters<typeof session.deliver>[0]) => {
      if (downlink.type === 'c2d' && how !== null) hub.inbox[how](key, downlink.lockToken);
    },
  };
  hub.sessions.open(end, { resume: true });
  hub.sessions.subscribe(end, 'c2d', 1);
};
