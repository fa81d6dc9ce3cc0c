import { expect, test } from 'vitest';
import { newHub, newSession, refusal } from '../support/hub.ts';

const online = () => {
  const world = newHub();
  world.hub.registry.create({ deviceId: 'd1' }, {});
  return world;
};

test('a newer connection replaces the older, whose late goodbye changes nothing', () => {
  const { hub, events } = online();
  const [first, second] = [newSession('d1'), newSession('d1')];
  hub.sessions.open(first.session, { clean: true });
  hub.sessions.open(second.session, { clean: true });
  hub.sessions.close(first.session);
  expect(first.closed).toEqual(['replaced']);
  expect(hub.sessions.find('d1')).toBe(second.session);
  expect(hub.registry.get('d1').presence.connected).toBe(true);
  expect(events.map((event) => event.type)).toEqual([
    'identity.created',
    'session.opened',
    'session.closed',
    'session.opened',
  ]);
});

test('subscriptions of a session with clean=0 outlive the connection, those with clean=1 do not', () => {
  const { hub } = online();
  const kept = newSession('d1').session;
  expect(hub.sessions.open(kept, { clean: false })).toEqual({ present: false });
  hub.sessions.subscribe(kept, 'desired', 1);
  hub.sessions.subscribe(kept, 'methods', 0);
  hub.sessions.unsubscribe(kept, 'methods');
  hub.sessions.close(kept);
  const again = newSession('d1').session;
  expect(hub.sessions.open(again, { clean: false })).toEqual({ present: true });
  expect([...hub.sessions.subscriptions('d1')]).toEqual([['desired', 1]]);
  const clean = newSession('d1').session;
  expect(hub.sessions.open(clean, { clean: true })).toEqual({ present: false });
  hub.sessions.subscribe(clean, 'desired', 0);
  hub.sessions.close(clean);
  expect([...hub.sessions.subscriptions('d1')]).toEqual([]);
  expect(hub.sessions.open(newSession('d1').session, { clean: false })).toEqual({ present: false });
});

test('a device that does not listen is not online for that feature', () => {
  const { hub } = online();
  const { session } = newSession('d1');
  hub.sessions.open(session, { clean: true });
  expect(refusal(() => hub.sessions.get('d1', 'methods'))).toEqual({
    code: 'DeviceNotOnline',
    status: 404,
    message:
      "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
  });
  hub.sessions.subscribe(session, 'methods', 0);
  expect(hub.sessions.get('d1', 'methods')).toBe(session);
});

test('coming and going moves connection state and times, and the model id stays', () => {
  const { hub, clock } = online();
  clock.advance(1000);
  const { session } = newSession('d1');
  hub.sessions.open(session, { clean: false, modelId: 'dtmi:com:example:Thermostat;1' });
  clock.advance(1000);
  hub.sessions.close(session);
  const { presence, twin } = hub.registry.get('d1');
  expect(presence).toEqual({
    connected: false,
    updatedTime: '2026-01-01T00:00:02Z',
    activityTime: '2026-01-01T00:00:02Z',
  });
  expect(twin.modelId).toBe('dtmi:com:example:Thermostat;1');
});
