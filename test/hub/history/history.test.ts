import { expect, test } from 'vitest';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Fleet } from '../../../emulator/hub/fleet/fleet.ts';
import { Actors } from '../../../emulator/hub/history/actors.ts';
import { History } from '../../../emulator/hub/history/history.ts';
import { renderHistory, renderVersion } from '../../../emulator/hub/history/history-document.ts';
import { queriesOfPast, readMoment } from '../../../emulator/hub/history/past.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { patchSection, withReported } from '../../../emulator/hub/twins/twin.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { newBus, newHub, newSession, refusal, START } from '../../support/hub/hub.ts';

test('each version has its time, its author and what has changed', () => {
  const { hub, clock } = newHub();
  hub.actors.as({ kind: 'policy', id: 'registryReadWrite' }, () => hub.registry.create({ deviceId: 'd1' }, {}));
  clock.advance(1000);
  hub.actors.as({ kind: 'policy', id: 'service' }, () =>
    hub.twins.patch('d1', { properties: { desired: { celsius: 180, fan: { on: true } } } }),
  );
  clock.advance(1000);
  hub.twins.report('d1', { celsius: 20 });
  hub.twins.patch('d1', { properties: { desired: { celsius: null } } });
  expect(
    renderHistory(hub.history, 'd1').map(({ changes, ...head }) => ({ ...head, changes: changes.slice(-2) })),
  ).toMatchObject([
    { version: 1, event: 1, at: '2026-01-01T00:00:00.000Z', by: 'policy registryReadWrite', changes: [] },
    {
      version: 2,
      event: 3,
      at: '2026-01-01T00:00:01.000Z',
      by: 'policy service',
      changes: [
        { path: 'properties.desired.celsius', after: 180 },
        { path: 'properties.desired.fan', after: { on: true } },
      ],
    },
    { version: 3, by: 'device d1', changes: [{ path: 'properties.reported.celsius', after: 20 }] },
    { version: 4, by: 'program', changes: [{ path: 'properties.desired.celsius', before: 180 }] },
  ]);
});

test('a job and a configuration are the authors of what they write', () => {
  const { hub, clock } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.actors.as({ kind: 'policy', id: 'iothubowner' }, () =>
    hub.configurations.put('c1', {
      id: 'c1',
      targetCondition: '*',
      priority: 1,
      content: { deviceContent: { 'properties.desired.mode': 'eco' } },
    }),
  );
  hub.jobs.create('j1', {
    jobId: 'j1',
    type: 'scheduleUpdateTwin',
    updateTwin: { tags: { hall: 4 }, etag: '*' },
    queryCondition: '*',
    startTime: START,
    maxExecutionTimeInSeconds: 60,
  });
  clock.advance(60_000);
  expect(renderHistory(hub.history, 'd1').map(({ by }) => by)).toEqual(['program', 'configuration c1', 'job j1']);
});

test('connections, activity and messages make no version', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.sessions.open(newSession('d1').session, { resume: false });
  hub.twins.read('d1');
  hub.inbox.enqueue('d1', { body: new Uint8Array(), properties: {}, system: {} });
  expect(hub.history.list('d1')).toHaveLength(1);
});

test('two versions can be compared, and a deleted device keeps its history', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  for (const hall of [1, 2, 3]) hub.twins.patch('d1', { tags: { hall } });
  expect(renderVersion(hub.history, 'd1', { number: 4, against: 2 }).changes).toEqual([
    { path: 'tags.hall', before: 1, after: 3 },
  ]);
  hub.registry.delete({ deviceId: 'd1' }, '*');
  hub.registry.create({ deviceId: 'd1' }, {});
  expect(renderVersion(hub.history, 'd1', { number: 5 })).toMatchObject({ version: 5, twin: null, identity: null });
  expect(hub.history.list('d1').map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(refusal(() => hub.history.get('d1', 7))).toEqual({
    code: 'GenericNotFound',
    status: 404,
    message: 'Version 7 of d1 is not kept; its history has the versions 1 to 6.',
  });
});

test('the hub can be asked as of an event or a time', () => {
  const { hub, clock } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.twins.patch('d1', { tags: { hall: 1 } });
  clock.advance(60_000);
  hub.registry.create({ deviceId: 'd2' }, {});
  hub.twins.patch('d2', { tags: { hall: 1 } });
  hub.twins.patch('d1', { tags: { hall: 2 } });
  hub.registry.delete({ deviceId: 'd2' }, '*');
  const relations = alasqlRelations();
  const inHall1 = (moment: string) => {
    const queries = queriesOfPast(hub.history.fleetAt(readMoment(moment)), relations, hub.limits);
    return queries.runNow(queries.parse('SELECT deviceId FROM devices WHERE tags.hall = 1')).items;
  };
  expect(inHall1('1')).toEqual([]);
  expect(inHall1('2026-01-01T00:00:59Z')).toEqual([{ deviceId: 'd1' }]);
  expect(inHall1('5')).toEqual([{ deviceId: 'd1' }, { deviceId: 'd2' }]);
  expect(inHall1('7')).toEqual([]);
  expect(hub.history.at('d1', { event: 4 }).twin.tags).toEqual({ hall: 1 });
  expect(refusal(() => hub.history.at('d2', { event: 2 }))?.code).toBe('DeviceNotFound');
  expect(refusal(() => hub.history.at('d1', { event: 99 }))?.message).toBe(
    'This is yet to come: the latest event is 7, the time 2026-01-01T00:01:00.000Z.',
  );
});

test('a device has as many versions as the limit says, and what is beyond is refused', () => {
  const { hub } = newHub({ history: 3 });
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.registry.create({ deviceId: 'd2' }, {});
  for (const hall of [1, 2, 3, 4]) hub.twins.patch('d1', { tags: { hall } });
  expect(hub.history.list('d1').map(({ number }) => number)).toEqual([3, 4, 5]);
  expect(refusal(() => hub.history.at('d1', { event: 3 }))).toEqual({
    code: 'GenericNotFound',
    status: 404,
    message: 'The history of d1 begins with event 4, at 2026-01-01T00:00:00.000Z; earlier versions are not kept.',
  });
  expect(hub.history.at('d2', { event: 3 }).key).toBe('d2');
  expect(refusal(() => hub.history.fleetAt({ event: 3 }))?.code).toBe('GenericNotFound');
});

test('a hub with --history 0 keeps nothing and says so', () => {
  const { hub } = newHub({ history: 0 });
  hub.registry.create({ deviceId: 'd1' }, {});
  expect(refusal(() => hub.history.list('d1'))?.message).toBe(
    'The hub keeps no history: it was started with --history 0.',
  );
});

test('history begins again after a restore, with what the hub is then', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const snapshot = takeSnapshot(hub);
  hub.twins.patch('d1', { tags: { hall: 1 } });
  restoreSnapshot(hub, snapshot);
  expect(renderHistory(hub.history, 'd1')).toMatchObject([{ version: 1, event: 3, by: 'start' }]);
  hub.twins.patch('d1', { tags: { hall: 2 } });
  expect(renderHistory(hub.history, 'd1')).toMatchObject([
    { version: 1, event: 3, by: 'start' },
    { version: 2, changes: [{ path: 'tags', after: { hall: 2 } }] },
  ]);
  expect(refusal(() => hub.history.at('d1', { event: 2 }))?.message).toBe(
    'The history of the hub begins with event 3, at 2026-01-01T00:00:00.000Z; earlier versions are not kept.',
  );
});

test('all versions together stay below a number of bytes; the older ones go first', () => {
  const clock = new VirtualClock(START);
  const fleet = new Fleet();
  const events = newBus(clock);
  const history = new History({ fleet, events, clock, actors: new Actors() }, 100, 100_000);
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd0' }, {});
  const member = hub.registry.get('d0');
  const write = (key: string, round: number): void => {
    const reported = patchSection(member.twin.reported, { round, text: 'x'.repeat(50) }, { at: START, counted: false });
    fleet.set({ ...member, key, twin: withReported(member.twin, reported) });
    events.publish({ type: 'hub.cleared' });
  };
  for (let round = 0; round < 90; round++) for (let i = 0; i < 10; i++) write(`d${i}`, round);
  expect(history.bytes).toBeLessThanOrEqual(100_000);
  const rounds = history.list('d3').map((version) => version.member?.twin.reported.values.round);
  expect(rounds).toEqual(Array.from(rounds, (_, index) => 90 - rounds.length + index));
  expect(rounds.length).toBeGreaterThan(5);
  expect(refusal(() => history.at('d3', { event: 10 }))?.code).toBe('GenericNotFound');
});

test('each version has the row as it was, also of many reports between other changes', () => {
  const { hub, clock } = newHub();
  const rows: unknown[] = [];
  const keep = () => rows.push(structuredClone(hub.registry.get('d1')));
  hub.registry.create({ deviceId: 'd1' }, {});
  keep();
  for (let round = 0; round < 80; round++) {
    clock.advance(700);
    if (round % 30 === 11) hub.twins.patch('d1', { tags: { round } });
    else hub.twins.report('d1', { round, a: { b: round % 3 === 0 ? null : round, c: 'ü'.repeat(round % 7) } });
    keep();
    if (round % 20 === 5) hub.sessions.open(newSession('d1').session, { resume: false });
    if (round % 25 === 8) hub.inbox.enqueue('d1', { body: new Uint8Array(), properties: {}, system: {} });
  }
  expect(hub.history.list('d1').map(({ member }) => member)).toEqual(rows);
  expect(hub.history.list('d1').map(({ event }) => hub.history.at('d1', { event }))).toEqual(rows);
});
