import { expect, test } from 'vitest';
import { newSession } from '../../support/hub/hub.ts';
import { startAdmin } from '../../support/wire/admin-hub.ts';

test('a message is sent, received under a lock and completed', async () => {
  await using admin = await startAdmin();
  const sent = await admin.ask('POST', '/messages/d1', {
    body: 'hello',
    properties: { alarm: 'yes' },
    system: { messageId: 'm1' },
  });
  const waiting = {
    deviceId: 'd1',
    sequenceNumber: 1,
    enqueuedTimeUtc: '2026-01-01T00:00:00Z',
    expiryTimeUtc: '2026-01-01T01:00:00Z',
    deliveryCount: 0,
    isRedelivered: false,
    isLocked: false,
    body: 'hello',
    properties: { alarm: 'yes' },
    system: { messageId: 'm1', to: '/devices/d1/messages/devicebound', enqueuedTime: '2026-01-01T00:00:00Z' },
  };
  expect([sent.status, sent.body]).toEqual([200, waiting]);
  expect((await admin.ask('GET', '/messages/d1')).body).toEqual([waiting]);
  const { body } = await admin.ask('POST', '/messages/d1/receive');
  expect(body).toEqual({ message: { ...waiting, isLocked: true, lockToken: expect.any(String) } });
  expect((await admin.ask('POST', '/messages/d1/receive')).body).toEqual({ message: null });
  const { lockToken } = Object(body).message;
  expect((await admin.ask('POST', '/messages/d1/settle', { lockToken })).status).toBe(204);
  expect((await admin.ask('POST', '/messages/d1/settle', { lockToken })).status).toBe(412);
  expect((await admin.ask('GET', '/messages/d1')).body).toEqual([]);
});

test('a body that is not text is base64', async () => {
  await using admin = await startAdmin();
  await admin.ask('POST', '/messages/d1', { body: { base64: '/wA=' } });
  expect((await admin.ask('GET', '/messages/d1')).body).toMatchObject([{ body: { base64: '/wA=' } }]);
});

test('a queue is purged, and the sender gets feedback', async () => {
  await using admin = await startAdmin();
  await admin.ask('POST', '/messages/d1', { system: { messageId: 'm1', ack: 'negative' } });
  expect((await admin.ask('DELETE', '/messages/d1')).body).toEqual({ messages: 1 });
  expect((await admin.ask('GET', '/feedback')).body).toMatchObject({
    batches: [],
    records: [{ originalMessageId: 'm1', statusCode: 'Purged' }],
  });
  admin.clock.settle();
  expect((await admin.ask('GET', '/feedback')).body).toMatchObject({ batches: [{ records: [{}] }], records: [] });
});

test('a message to an input needs a module that listens', async () => {
  await using admin = await startAdmin();
  admin.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  const send = () => admin.ask('POST', '/messages/d1/modules/m1/inputs/in1', { body: 'x' });
  expect((await send()).status).toBe(404);
  const { session, heard } = newSession('d1/m1');
  admin.hub.sessions.open(session, { resume: false });
  admin.hub.sessions.subscribe(session, 'inputs', 0);
  expect((await send()).status).toBe(204);
  expect(heard).toMatchObject([{ type: 'input', input: 'in1' }]);
});

test.each([
  [{ body: 5 }, 400],
  [{ system: { ack: 'always' } }, 400],
  [{ system: { messageld: 'm1' } }, 400],
  [{ body: 'x'.repeat(65_537) }, 413],
])('the message %j is refused with %i', async (message, status) => {
  await using admin = await startAdmin();
  expect((await admin.ask('POST', '/messages/d1', message)).status).toBe(status);
  expect((await admin.ask('GET', '/messages/d1')).body).toEqual([]);
});
