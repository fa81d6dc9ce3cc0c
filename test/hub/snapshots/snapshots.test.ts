import { expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { renderTwin } from '../../../emulator/hub/twins/twin-document.ts';
import { newHub, newSession } from '../../support/hub/hub.ts';

test('a restored hub continues as it did the first time', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const snapshot = takeSnapshot(hub);
  const run = () => {
    hub.registry.create({ deviceId: 'd2' }, {});
    hub.twins.patch('d1', { tags: { a: 1 } });
    return [renderTwin(hub.twins.get('d1')), renderTwin(hub.twins.get('d2'))];
  };
  const first = run();
  restoreSnapshot(hub, snapshot);
  expect(hub.registry.find('d2')).toBeUndefined();
  expect(hub.twins.get('d1').twin.tags).toBeUndefined();
  expect(run()).toEqual(first);
});

test('connections outlive a restore, unless their identity does not', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'stays' }, {});
  const snapshot = takeSnapshot(hub);
  hub.registry.create({ deviceId: 'goes' }, {});
  const [stays, goes] = [newSession('stays'), newSession('goes')];
  hub.sessions.open(stays.session, { resume: false });
  hub.sessions.subscribe(stays.session, 'desired', 0);
  hub.sessions.open(goes.session, { resume: false });
  restoreSnapshot(hub, snapshot);
  expect([stays.closed, goes.closed]).toEqual([[], ['deleted']]);
  expect(hub.registry.get('stays').presence.connected).toBe(true);
  hub.twins.patch('stays', { properties: { desired: { rate: 5 } } });
  expect(stays.heard).toEqual([{ type: 'desired', patch: { rate: 5, $version: 2 }, version: 2 }]);
});

test('a restore brings back subscriptions of absent devices, and timers', () => {
  const { hub, clock } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const { session } = newSession('d1');
  hub.sessions.open(session, { resume: true });
  hub.sessions.subscribe(session, 'desired', 1);
  hub.sessions.close(session);
  const ran: string[] = [];
  hub.scheduler.on('test', (key) => ran.push(key));
  hub.scheduler.put({ at: clock.now() + 1000, kind: 'test', key: 'a' });
  const snapshot = takeSnapshot(hub);
  clock.advance(2000);
  hub.sessions.forget('d1', 'requested');
  restoreSnapshot(hub, snapshot);
  clock.advance(999);
  expect(ran).toEqual(['a']);
  clock.advance(1);
  expect(ran).toEqual(['a', 'a']);
  expect(hub.sessions.open(newSession('d1').session, { resume: true })).toEqual({ resumed: true });
});
