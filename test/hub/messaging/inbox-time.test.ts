import { expect, onTestFinished, test, vi } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { refusal } from '../../support/hub/hub.ts';
import { HOUR, MINUTE, newWorld } from '../../support/hub/messages.ts';

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-expiration-time-to-live

test('a message without an expiry time expires after an hour', () => {
  const { clock, send, texts, told } = newWorld();
  send('a');
  clock.advance(HOUR - 1);
  expect(texts()).toEqual(['a']);
  clock.advance(1);
  expect([texts(), told().at(-1)]).toEqual([[], 'c2d.expired']);
});

test('a message expires at its own time, but after two days at the latest', () => {
  const { clock, send, texts } = newWorld();
  send('short', { expiryTimeUtc: '2026-01-01T00:00:05Z' });
  send('long', { expiryTimeUtc: '2026-02-01T00:00:00Z' });
  clock.advance(5_000);
  expect(texts()).toEqual(['long']);
  clock.advance(48 * HOUR - 5_001);
  expect(texts()).toEqual(['long']);
  clock.advance(1);
  expect(texts()).toEqual([]);
});

// https://github.com/Azure/azure-iot-sdk-python/blob/main/azure-iot-device/azure/iot/device/iothub/pipeline/mqtt_topic_iothub.py
test.each(['2026-01-01T00:00:05', '2026-01-01T00:00:05.000000', '2026-01-01 00:00:05'])(
  'an expiry time without a zone is UTC, wherever the machine is: %s',
  (expiryTimeUtc) => {
    vi.stubEnv('TZ', 'America/New_York');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { clock, send, texts } = newWorld();
    send('a', { expiryTimeUtc });
    clock.advance(4_999);
    expect(texts()).toEqual(['a']);
    clock.advance(1);
    expect(texts()).toEqual([]);
  },
);

test('a message that has expired before it is sent is accepted, and expires at once', () => {
  const { connect, send, texts, told } = newWorld();
  const device = connect();
  send('late', { expiryTimeUtc: '2025-12-31T00:00:00Z' });
  expect([texts(), device.texts(), told()]).toEqual([[], [], ['c2d.enqueued', 'c2d.expired']]);
});

test('an expiry time that is not a time is refused', () => {
  const { send } = newWorld();
  expect(refusal(() => send('a', { expiryTimeUtc: 'soon' }))).toMatchObject({ code: 'ArgumentInvalid' });
});

test('after 60 s without an answer a message is in its place again, which does not count', () => {
  const { clock, inbox, send, told } = newWorld();
  send('a');
  const token = inbox.receive('d1')?.lock.token ?? '';
  clock.advance(MINUTE);
  expect(refusal(() => inbox.complete('d1', token))).toMatchObject({ code: 'DeviceMessageLockLost' });
  expect(inbox.receive('d1')).toMatchObject({ number: 1, deliveryCount: 0, isRedelivered: true });
  expect(told()).toEqual(['c2d.enqueued', 'c2d.delivered', 'c2d.released', 'c2d.delivered']);
});

test('a request can ask for a lock of 1 to 300 seconds', () => {
  const { clock, inbox, send } = newWorld();
  send('a');
  const lengths = [0, 5, 1000, Number.NaN].map((seconds) => {
    const until = inbox.receive('d1', seconds)?.lock.until ?? 0;
    clock.advance(until - clock.now());
    return until;
  });
  const seconds = lengths.map((until, i) => (until - (lengths[i - 1] ?? Date.parse('2026-01-01T00:00:00Z'))) / 1000);
  expect(seconds).toEqual([1, 5, 300, 60]);
});

test('a message expires also while it is being delivered', () => {
  const { clock, inbox, send } = newWorld();
  send('a', { expiryTimeUtc: '2026-01-01T00:00:30Z' });
  const token = inbox.receive('d1')?.lock.token ?? '';
  clock.advance(30_000);
  expect(refusal(() => inbox.complete('d1', token))).toMatchObject({ code: 'DeviceMessageLockLost' });
  clock.advance(MINUTE);
  expect(inbox.receive('d1')).toBeUndefined();
});

test('a snapshot has the messages; locks and expiry keep their distance from now', () => {
  const { hub, clock, inbox, send, texts } = newWorld();
  send('a');
  const token = inbox.receive('d1')?.lock.token ?? '';
  const snapshot = takeSnapshot(hub);
  clock.advance(2 * HOUR);
  expect(texts()).toEqual([]);
  restoreSnapshot(hub, snapshot);
  clock.advance(MINUTE - 1);
  inbox.complete('d1', token);
  restoreSnapshot(hub, snapshot);
  clock.advance(HOUR - 1);
  expect([texts(), hub.registry.get('d1').pendingMessages]).toEqual([['a'], 1]);
  clock.advance(1);
  expect(texts()).toEqual([]);
});
