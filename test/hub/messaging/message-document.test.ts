import { expect, test } from 'vitest';
import { exportFleet, importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';
import { message, newWorld } from '../../support/hub/messages.ts';

const exported = (): JsonObject => {
  const { hub, inbox, send, clock } = newWorld();
  send('done', { messageId: 'm1', ack: 'full' });
  inbox.complete('d1', inbox.receive('d1')?.lock.token ?? '');
  clock.settle();
  send('rejected', { messageId: 'm2', ack: 'full' });
  inbox.reject('d1', inbox.receive('d1')?.lock.token ?? '');
  send('waits', { messageId: 'm3' });
  inbox.abandon('d1', inbox.receive('d1')?.lock.token ?? '');
  inbox.receive('d1');
  inbox.enqueue('d1/m1', { ...message('\u0000ÿ'), properties: { a: 'b' } });
  return JSON.parse(JSON.stringify(exportFleet(hub)));
};

test('an export has the messages and the feedback, and an import takes them over', () => {
  const fleet = exported();
  const { hub } = newHub();
  importFleet(hub, fleet, { replace: true });
  const unlocked = (messages: unknown) =>
    JSON.parse(JSON.stringify(messages).replaceAll('"isLocked":true', '"isLocked":false'));
  expect(exportFleet(hub).messages).toEqual(unlocked(fleet.messages));
  expect(exportFleet(hub)).toMatchObject({ feedback: fleet.feedback, feedbackRecords: fleet.feedbackRecords });
  expect(hub.registry.get('d1').pendingMessages).toBe(1);
  expect(hub.inbox.receive('d1')).toMatchObject({ number: 3, deliveryCount: 1 });
  expect(hub.inbox.enqueue('d1', message('next')).number).toBe(4);
});

test('an import without messages leaves those of devices that stay, and their number', () => {
  const { hub, send, texts } = newWorld();
  send('a');
  const { generationId } = hub.registry.get('d1').identity;
  const devices = [{ deviceId: 'd1', cloudToDeviceMessageCount: 7 }];
  importFleet(hub, { devices, identities: [{ deviceId: 'd1', generationId }] }, { replace: false });
  expect([texts(), hub.registry.get('d1').pendingMessages]).toEqual([['a'], 1]);
});

test('a document that is not a message is refused, and changes nothing', () => {
  const { hub, texts, send } = newWorld();
  send('a');
  for (const bad of [{}, { deviceId: 'd1' }, { deviceId: 'd1', enqueuedTimeUtc: 'now', expiryTimeUtc: 'then' }])
    expect(refusal(() => importFleet(hub, { messages: [bad] }, { replace: true }))).toMatchObject({
      code: 'ArgumentInvalid',
    });
  const times = { enqueuedTimeUtc: '2026-01-01T00:00:00Z', expiryTimeUtc: '2026-01-01T01:00:00Z' };
  expect(
    refusal(() => importFleet(hub, { messages: [{ deviceId: 'd1', ...times, body: '%' }] }, { replace: true })),
  ).toMatchObject({ message: 'The body of a message must be base64.' });
  expect(texts()).toEqual(['a']);
});
