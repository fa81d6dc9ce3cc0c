import { expect, test } from 'vitest';
import { Fleet } from '../../../emulator/hub/fleet/fleet.ts';
import { Actors } from '../../../emulator/hub/history/actors.ts';
import { History } from '../../../emulator/hub/history/history.ts';
import { patchSection, withReported } from '../../../emulator/hub/twins/twin.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { newBus, newHub, refusal, START } from '../../support/hub/hub.ts';

const MOST = 400_000;

/** A history of 100 devices, in turns, that is full after a few writes of each. */
const fullHistory = (devices = 100) => {
  const clock = new VirtualClock(START);
  const fleet = new Fleet();
  const events = newBus(clock);
  const history = new History({ fleet, events, clock, actors: new Actors() }, 100, MOST);
  const told: string[] = [];
  history.spaces[0]?.setListener((key) => told.push(key));
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd0' }, {});
  const member = hub.registry.get('d0');
  let count = 0;
  /** Returns how many ids it has changed in the history. */
  const write = (): number => {
    const patch = { round: Math.floor(count / devices), text: 'x'.repeat(50) };
    const reported = patchSection(member.twin.reported, patch, { at: START, counted: false });
    told.length = 0;
    fleet.set({ ...member, key: `d${count++ % devices}`, twin: withReported(member.twin, reported) }, patch);
    events.publish({ type: 'hub.cleared' });
    clock.advance(1000);
    return told.length;
  };
  const create = (key: string): void => {
    fleet.set({ ...member, key });
    events.publish({ type: 'hub.cleared' });
  };
  const begin = (): number => {
    const text = refusal(() => history.at('d0', { event: 0 }))?.message ?? '';
    return Number(/begins with event (\d+)/.exec(text)?.[1] ?? 0);
  };
  return { history, create, write, begin };
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

test('about half of the versions stay', () => {
  const { history, write, begin } = fullHistory();
  while (begin() === 0) write();
  const full = history.bytes;
  for (let count = 0; count < 20; count++) write();
  expect(history.bytes).toBeGreaterThan(full * 0.4);
  expect(history.bytes).toBeLessThan(full * 0.7);
});

test('of ids that take too much with their latest versions alone, those are kept', () => {
  const { history, write, begin } = fullHistory(2000);
  for (let count = 0; count < 6000; count++) write();
  expect(begin()).toBeGreaterThan(0);
  for (let id = 0; id < 2000; id += 100) expect(history.list(`d${id}`).at(-1)?.member?.key).toBe(`d${id}`);
});
