import { expect, test } from 'vitest';
import { newHub, newSession, refusal } from '../../support/hub/hub.ts';

const online = () => {
  const world = newHub();
  world.hub.registry.create({ deviceId: 'd1' }, {});
  return world;
};

test('a newer session replaces the older one, whose late end changes nothing', () => {
  const { hub, events } = online();
  const [first, second] = [newSession('d1'), newSession('d1')];
  hub.sessions.open(first.session, { resume: false });
  hub.sessions.open(second.session, { resume: false });
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

test('a session that can be resumed keeps what it listens to, any other does not', () => {
  const { hub } = online();
  const kept = newSession('d1').session;
  expect(hub.sessions.open(kept, { resume: true })).toEqual({ resumed: false });
  hub.sessions.subscribe(kept, 'desired', 1);
  hub.sessions.subscribe(kept, 'methods', 0);
  hub.sessions.unsubscribe(kept, 'methods');
  hub.sessions.close(kept);
  const again = newSession('d1').session;
  expect(hub.sessions.open(again, { resume: true })).toEqual({ resumed: true });
  expect(hub.sessions.listening('d1')).toEqual({ capabilities: { desired: 1 }, notes: {} });
  const clean = newSession('d1').session;
  expect(hub.sessions.open(clean, { resume: false })).toEqual({ resumed: false });
  hub.sessions.subscribe(clean, 'desired', 0);
  hub.sessions.close(clean);
  expect(hub.sessions.listening('d1')).toEqual({ capabilities: {}, notes: {} });
  expect(hub.sessions.open(newSession('d1').session, { resume: true })).toEqual({ resumed: false });
});

test('a device that does not listen is not online for that feature', () => {
  const { hub } = online();
  const { session } = newSession('d1');
  hub.sessions.open(session, { resume: false });
  expect(refusal(() => hub.sessions.get('d1', 'methods'))).toEqual({
    code: 'DeviceNotOnline',
    status: 404,
    message:
      "The operation failed because the requested device isn't online. To learn more, see https://aka.ms/iothub404103",
  });
  hub.sessions.subscribe(session, 'methods', 0);
  expect(hub.sessions.get('d1', 'methods')).toBe(session);
});

test('opening and closing a session sets connection state and times, and the model id stays', () => {
  const { hub, clock } = online();
  clock.advance(1000);
  const { session } = newSession('d1');
  hub.sessions.open(session, { resume: true, modelId: 'dtmi:com:example:Thermostat;1' });
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

test('a server finds its own data again when a session is resumed', () => {
  const { hub } = online();
  const first = newSession('d1').session;
  hub.sessions.open(first, { resume: true });
  hub.sessions.subscribe(first, 'methods', { credit: 10 });
  hub.sessions.note(first, 'twinResponses', 1);
  hub.sessions.note(first, 'other', true);
  hub.sessions.note(first, 'other', undefined);
  hub.sessions.close(first);
  expect(hub.sessions.open(newSession('d1').session, { resume: true })).toEqual({ resumed: true });
  expect(hub.sessions.listening('d1')).toEqual({
    capabilities: { methods: { credit: 10 } },
    notes: { twinResponses: 1 },
  });
});

test('a session that was replaced cannot change what its successor listens to', () => {
  const { hub } = online();
  const [older, newer] = [newSession('d1').session, newSession('d1').session];
  hub.sessions.open(older, { resume: false });
  hub.sessions.open(newer, { resume: false });
  hub.sessions.subscribe(older, 'desired');
  hub.sessions.note(older, 'a', 1);
  expect(hub.sessions.listening('d1')).toEqual({ capabilities: {}, notes: {} });
});
