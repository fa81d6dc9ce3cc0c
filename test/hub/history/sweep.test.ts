import { expect, test } from 'vitest';
import { Fleet } from '../../../emulator/hub/fleet/fleet.ts';
import { type Member, withTwin } from '../../../emulator/hub/fleet/member.ts';
import { Actors } from '../../../emulator/hub/history/actors.ts';
import { History } from '../../../emulator/hub/history/history.ts';
import { versionsJson } from '../../../emulator/hub/history/history-json.ts';
import type { VersionList } from '../../../emulator/hub/history/version-list.ts';
import { patchSection, withReported, withWritten } from '../../../emulator/hub/twins/twin.ts';
import type { KeySpace } from '../../../emulator/kernel/change-feed.ts';
import { timestamp, VirtualClock } from '../../../emulator/kernel/clock.ts';
import { newBus, newHub, refusal, START } from '../../support/hub/hub.ts';

const MOST = 400_000;

/** A history of 100 devices, in turns, that is full after a few writes of each. */
const fullHistory = (devices = 100) => {
  const clock = new VirtualClock(START);
  const fleet = new Fleet();
  const events = newBus(clock);
  const history = new History({ fleet, events, clock, actors: new Actors() }, 100, MOST);
  const told: string[] = [];
  const [space] = history.spaces;
  space.setListener((key) => told.push(key));
  const { hub } = newHub();
  const newMember = (deviceId: string): Member => {
    hub.registry.create({ deviceId }, {});
    return hub.registry.get(deviceId);
  };
  let count = 0;
  /** Returns how many ids it has changed in the history. */
  const write = (): number => {
    const key = `d${count % devices}`;
    const patch = { round: Math.floor(count++ / devices), text: 'x'.repeat(50) };
    const member = fleet.find(key) ?? newMember(key);
    const at = timestamp(clock.now());
    const reported = patchSection(member.twin.reported, patch, { at, counted: false });
    told.length = 0;
    const presence = { ...member.presence, activityTime: at };
    fleet.set({ ...member, presence, twin: withReported(member.twin, reported) }, { patch, text: undefined });
    events.publish({ type: 'hub.cleared' });
    clock.advance(1000);
    return told.length;
  };
  /** A service writes a tag of a device. */
  const tag = (key: string): void => {
    const member = fleet.get(key);
    fleet.set(withTwin(member, withWritten(member.twin, { ...member.twin, tags: { count } })));
    events.publish({ type: 'hub.cleared' });
  };
  const create = (key: string): void => {
    fleet.set(newMember(key));
    events.publish({ type: 'hub.cleared' });
  };
  const begin = (): number => {
    const text = refusal(() => history.at('d0', { event: 0 }))?.message ?? '';
    return Number(/begins with event (\d+)/.exec(text)?.[1] ?? 0);
  };
  return { clock, history, space, create, tag, write, begin };
};

test('old versions are dropped a few ids at a time, and all of them stay below the number of bytes', () => {
  const { history, write } = fullHistory();
  const most = { told: 0, bytes: 0 };
  for (let count = 0; count < 5000; count++) {
    most.told = Math.max(most.told, write());
    most.bytes = Math.max(most.bytes, history.bytes);
  }
  expect(most.told).toBeGreaterThan(1); // something was dropped
  expect(most.told).toBeLessThan(10);
  expect(most.bytes).toBeLessThan(MOST);
});

test('a history that begins later shows nothing from before, also of ids that are not dropped yet', () => {
  const { history, create, write, begin } = fullHistory();
  create('once');
  while (begin() === 0) write();
  const event = begin();
  for (let id = 0; id < 100; id++) {
    const versions = history.list(`d${id}`);
    expect(versions.filter((version) => version.event <= event)).toHaveLength(1); // the one in force
    expect(refusal(() => history.at(`d${id}`, { event: event - 1 }))?.code).toBe('GenericNotFound');
    expect(history.at(`d${id}`, { event }).key).toBe(`d${id}`);
  }
  expect(history.fleetAt({ event }).find('once')?.key).toBe('once');
  expect(history.list('once')).toMatchObject([{ number: 1, event, by: { kind: 'start' } }]);
});

test('a history that has dropped versions from before its clock was set back has the present', () => {
  const { clock, history, create, tag, write, begin } = fullHistory();
  create('once');
  clock.advance(4 * 3_600_000);
  tag('once');
  tag('once');
  clock.set(clock.now() - 3 * 3_600_000);
  while (begin() === 0) write();
  for (let count = 0; count < 300; count++) write();
  const now = { at: clock.now() };
  expect([history.at('once', now).key, history.at('d0', now).key]).toEqual(['once', 'd0']);
});

test('about half of the versions stay', () => {
  const { history, write, begin } = fullHistory();
  while (begin() === 0) write();
  const full = history.bytes;
  for (let count = 0; count < 20; count++) write();
  expect(history.bytes).toBeGreaterThan(full * 0.4);
  expect(history.bytes).toBeLessThan(full * 0.75); // with a row for each id
});

test('half of the versions stay again and again, also of ids that take much with their latest versions', () => {
  const { history, write, begin } = fullHistory(300);
  for (let count = 0; count < 300 * 10; count++) write();
  for (let count = 0; count < 3000; count++) {
    write();
    expect(history.bytes).toBeGreaterThan(MOST * 0.4);
  }
  expect(begin()).toBeGreaterThan(3000);
});

test('a restart during a sweep or before one drops no more than the sweep does', () => {
  const { history, write, begin } = fullHistory();
  const restarted = () => {
    const other = fullHistory();
    history.spaces.forEach((space, index) => {
      const [from, to] = [space, other.history.spaces[index]] as unknown as [KeySpace, KeySpace];
      for (const { key, value, place } of from.entries())
        to.load({ key, value: from.fromJson(JSON.parse(JSON.stringify(from.toJson(value)))), place });
    });
    other.history.resume();
    return other;
  };
  while (history.bytes < MOST * 0.8) write();
  const before = restarted();
  while (begin() === 0) write();
  const during = restarted();
  while (before.begin() === 0) before.write();
  for (const { history: other, begin: beginOther, write: writeOther } of [before, during]) {
    expect(Math.abs(beginOther() - begin())).toBeLessThan(100);
    for (let count = 0; count < 40; count++) writeOther();
    expect(other.bytes).toBeGreaterThan(MOST * 0.4);
    expect(other.bytes).toBeLessThan(MOST * 0.7);
  }
});

test('of ids that take too much with their latest versions alone, those are kept', () => {
  const { history, write, begin } = fullHistory(2000);
  for (let count = 0; count < 6000; count++) write();
  expect(begin()).toBeGreaterThan(0);
  for (let id = 0; id < 2000; id += 100) expect(history.list(`d${id}`).at(-1)?.member?.key).toBe(`d${id}`);
});

test('what is told of versions that come and are dropped makes the same lists again', () => {
  const { space, tag, write, begin } = fullHistory(10);
  const copies = new Map<string, VersionList>();
  const { changes, toJson, fromJson } = versionsJson;
  let dropped = 0;
  space.setListener((key, list, _place, before) => {
    const copy = copies.get(key);
    if (list === undefined) copies.delete(key);
    else if (before === undefined || copy === undefined || changes === undefined)
      copies.set(key, fromJson(toJson(list)));
    else copies.set(key, changes.apply(copy, JSON.parse(changes.toText(before, list))));
    if (before !== undefined && list !== undefined && list.size < before.size) dropped += 1;
  });
  for (let count = 0; count < 5000; count++) {
    write();
    if (count % 7 === 6) tag(`d${(count + 5) % 10}`);
  }
  expect(begin()).toBeGreaterThan(1000);
  expect(dropped).toBeGreaterThan(20);
  const said = (list: VersionList) => list.versions.map(({ report: _, ...version }) => version);
  const lists = Array.from(space.entries(), ({ key, value }) => [key, said(value)]);
  expect([...copies].map(([key, list]) => [key, said(list)])).toEqual(lists);
});
