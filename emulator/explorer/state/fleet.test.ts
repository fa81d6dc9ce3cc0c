import { expect, test } from 'vitest';
import { createClient } from '../api/client.ts';
import type { Arrivals } from '../api/stream.ts';
import type { DeviceRow, HubEvent } from '../api/types.ts';
import { Fleet } from './fleet.ts';

const row = (id: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  id,
  status: 'enabled',
  connected: false,
  authentication: 'sas',
  edge: false,
  drift: { different: 0, missing: 0 },
  ...more,
});

/** A fleet before an API that answers with `rows`, moved by hand. */
const setUp = (rows: () => readonly DeviceRow[]) => {
  const asked: string[] = [];
  const timers: (() => void)[] = [];
  let tell = (_: Arrivals): void => {};
  let leaveOut = (_: readonly string[]): void => {};
  const client = createClient('', async (url) => {
    asked.push(decodeURIComponent(url));
    if (url === '/connections') return Response.json([{ id: 'd1', protocol: 'mqtt', subscriptions: {} }]);
    return Response.json({ devices: rows() });
  });
  const fleet = new Fleet({
    client,
    offers: () => true,
    after: (_, run) => void timers.push(run),
    stream: {
      listen: (listener) => {
        tell = listener;
        return () => {};
      },
      whenMissed: (reload) => {
        leaveOut = reload;
        return () => {};
      },
    },
  });
  const happen = (...events: Partial<HubEvent>[]) =>
    tell({
      events: events.map((event, i) => ({ type: '', sequence: i, time: '2026-01-01T12:00:00Z', ...event })),
      traffic: [],
      leftOut: [],
    });
  return { fleet, asked, timers, happen, leaveOut: (...types: string[]) => leaveOut(types) };
};

test('rows are loaded once, with the protocols of connections', async () => {
  const { fleet, asked } = setUp(() => [row('d1'), row('d2')]);
  await Promise.all([fleet.load(), fleet.load()]);
  expect(asked).toEqual(['/devices', '/connections']);
  expect(fleet.rows.value).toMatchObject([
    { id: 'd1', connected: true, protocol: 'mqtt' },
    { id: 'd2', connected: false },
  ]);
  expect(fleet.connected.value).toBe(1);
});

test('events change rows without asking again', async () => {
  const { fleet, asked, happen } = setUp(() => [row('d1'), row('d2')]);
  await fleet.load();
  happen(
    { type: 'session.closed', key: 'd1' },
    { type: 'session.opened', key: 'd2', protocol: 'amqp' },
    { type: 'telemetry', key: 'd2', message: { body: '{"t":1}' } },
    { type: 'telemetry', key: 'd2/module', message: { body: 'not of the device' } },
  );
  expect(fleet.rows.value).toMatchObject([
    { connected: false },
    { connected: true, protocol: 'amqp', lastMessage: { text: '{"t":1}' } },
  ]);
  expect(asked.length).toBe(2);
});

test('what happened before the rows came is not lost', async () => {
  const { fleet, happen } = setUp(() => [row('d1')]);
  happen({ type: 'telemetry', key: 'd1', message: { body: 'early' } });
  await fleet.load();
  expect(fleet.find('d1')?.lastMessage?.text).toBe('early');
});

test('devices come and go', async () => {
  const { fleet, happen } = setUp(() => [row('d1')]);
  await fleet.load();
  happen({ type: 'identity.created', key: 'd2' }, { type: 'identity.deleted', key: 'd1' });
  expect(fleet.rows.value.map(({ id }) => id)).toEqual(['d2']);
});

test('what events do not tell is asked for, of the rows on the screen only', async () => {
  let drift = { different: 0, missing: 0 };
  const { fleet, asked, timers, happen } = setUp(() => [row('d1', { drift })]);
  await fleet.load();
  fleet.watch(['d1']);
  happen(
    { type: 'twin.reported', key: 'd1' },
    { type: 'twin.reported', key: 'd9' },
    { type: 'twin.reported', key: 'd1' },
  );
  drift = { different: 2, missing: 0 };
  for (const run of timers.splice(0)) run();
  await expect.poll(() => fleet.find('d1')?.drift.different).toBe(2);
  expect(asked.slice(2)).toEqual(['/devices?ids=["d1"]']);
  expect(fleet.find('d1')?.connected).toBe(false);
});

test('after reports that were left out rows on the screen are asked for, after connections all', async () => {
  const { fleet, asked, timers, leaveOut } = setUp(() => [row('d1'), row('d2')]);
  await fleet.load();
  fleet.watch(['d2']);
  leaveOut('twin.reported', 'traffic');
  for (const run of timers.splice(0)) run();
  leaveOut('session.opened');
  await expect.poll(() => asked.slice(2)).toEqual(['/devices?ids=["d2"]', '/devices', '/connections']);
});
