import { expect, test } from 'vitest';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { Player } from '../../../emulator/hub/trace/player.ts';
import { Recorder } from '../../../emulator/hub/trace/recorder.ts';
import { MASK, type TraceLine } from '../../../emulator/hub/trace/trace.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { FreezingClock } from '../../../emulator/kernel/freezing-clock.ts';
import { newHub, newSession } from '../../support/hub/hub.ts';

const record = (run: (world: ReturnType<typeof newHub>) => void): TraceLine[] => {
  const world = newHub();
  const lines: TraceLine[] = [];
  const recorder = new Recorder(world.hub, { by: '1.0.0', options: {}, write: (line) => lines.push(JSON.parse(line)) });
  run(world);
  recorder.stop();
  return lines;
};

test('an input has its operation, arguments, author and time; what a device does in between is part of it', () => {
  const lines = record(({ hub, clock }) => {
    hub.registry.create({ deviceId: 'd1' }, {});
    const { session } = newSession('d1');
    const obedient = { ...session, deliver: () => hub.twins.report('d1', { on: true }) };
    hub.sessions.open(obedient, { resume: false });
    hub.sessions.subscribe(obedient, 'desired');
    clock.advance(1000);
    hub.actors.as({ kind: 'policy', id: 'service' }, () =>
      hub.twins.patch('d1', { properties: { desired: { on: true } } }),
    );
  });
  const port = { $port: 1, has: ['deliver', 'close'], key: 'd1', protocol: 'test' };
  const at = Date.parse('2026-01-01T00:00:00Z');
  expect(lines.filter((line) => 'input' in line)).toEqual([
    { input: 1, at, op: 'registry.create', args: [{ deviceId: 'd1' }, {}] },
    { input: 2, at, op: 'sessions.open', args: [port, { resume: false }] },
    { input: 3, at, op: 'sessions.subscribe', args: [port, 'desired'] },
    { input: 4, at, op: 'clock.advance', args: [1000] },
    {
      input: 5,
      at: at + 1000,
      op: 'twins.patch',
      args: ['d1', { properties: { desired: { on: true } } }],
      by: 'policy service',
      calls: [
        {
          call: 'deliver',
          gave: 2,
          inputs: [{ input: 6, at: at + 1000, op: 'twins.report', args: ['d1', { on: true }], by: 'policy service' }],
        },
      ],
    },
  ]);
});

test('a report is in a trace once, also if its text is at hand', () => {
  const patch = { on: true };
  const lines = record(({ hub }) => {
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.twins.report('d1', patch, 1, JSON.stringify(patch));
  });
  expect(lines.filter((line) => 'input' in line)).toMatchObject([{}, { args: ['d1', patch, 1] }]);
});

test('a changed rule is found at the first event that it changes', () => {
  const lines = record(({ hub }) => {
    hub.registry.create({ deviceId: 'd1' }, {});
    hub.twins.report('d1', { celsius: 20 });
    hub.twins.patch('d1', { tags: { hall: 4 } });
    hub.twins.report('d1', { celsius: null });
    hub.twins.report('d1', { celsius: 21 });
  });
  const { hub, clock } = newHub({ derive: () => MASK });
  // null no longer deletes
  const report = hub.twins.report.bind(hub.twins);
  hub.twins.report = (key, patch) => report(key, JSON.parse(JSON.stringify(patch).replaceAll('null', '"none"')));
  const player = new Player(hub, clock);
  for (const line of lines) player.play(line);
  expect(player.deviation).toMatchObject({
    input: 4,
    expected: [4, 'twin.reported', 'd1', expect.any(Number)],
    actual: { type: 'twin.reported', key: 'd1', patch: { celsius: 'none' } },
  });
});

test('a trace can begin while a device has a message and an app reads feedback: both go on', () => {
  const world = newHub();
  const { hub } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  const { session, heard } = newSession('d1');
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'c2d');
  const read: string[] = [];
  hub.feedback.read({ credit: () => 1, deliver: ({ lock }) => read.push(lock.token) });
  hub.inbox.enqueue('d1', { body: Uint8Array.of(1), system: { ack: 'full' }, properties: {} });
  const lines: TraceLine[] = [];
  const recorder = new Recorder(hub, { by: '1.0.0', options: {}, write: (line) => lines.push(JSON.parse(line)) });
  for (const message of heard) if (message.type === 'c2d') hub.inbox.complete('d1', message.lockToken);
  world.clock.advance(1000);
  for (const token of read) hub.feedback.complete(token);
  recorder.stop();
  const types = lines.flatMap((line) => ('event' in line && !('trace' in line) ? [line.event[1]] : []));
  expect(types).toEqual([
    'c2d.completed',
    'feedback.recorded',
    'feedback.enqueued',
    'feedback.delivered',
    'clock.advanced',
    'feedback.completed',
  ]);
  const again = newHub({ derive: () => MASK });
  const player = new Player(again.hub, again.clock);
  for (const line of lines) player.play(line);
  player.finish();
  expect(player.deviation).toBeUndefined();
  expect([again.hub.inbox.list('d1'), [...again.hub.feedback.batches()]]).toEqual([[], []]);
});

test('a restore takes its time on the clock of the machine, and is replayed as it was', () => {
  const machine = new VirtualClock();
  const goesOn = new Proxy(machine, {
    get: (clock, name) => {
      if (name === 'now') clock.set(clock.now() + 1);
      const value: unknown = Reflect.get(clock, name);
      return typeof value === 'function' ? value.bind(clock) : value;
    },
  });
  const { hub } = newHub({ clock: new FreezingClock(goesOn) });
  hub.registry.create({ deviceId: 'd1' }, {});
  const before = takeSnapshot(hub);
  const lines: TraceLine[] = [];
  const recorder = new Recorder(hub, { by: '1.0.0', options: {}, write: (line) => lines.push(JSON.parse(line)) });
  hub.twins.patch('d1', { tags: { hall: 4 } });
  restoreSnapshot(hub, before);
  hub.twins.patch('d1', { tags: { hall: 5 } });
  recorder.stop();
  const again = newHub({ derive: () => MASK });
  const player = new Player(again.hub, again.clock);
  for (const line of lines) player.play(line);
  player.finish();
  expect(player.deviation).toBeUndefined();
  expect(again.hub.twins.get('d1').twin.tags).toEqual({ hall: 5 });
});

test('what waits for a throttle until a restore is an input of its own', () => {
  const lines = record(({ hub }) => {
    hub.registry.create({ deviceId: 'd1' }, {});
    const before = takeSnapshot(hub);
    hub.tiers.watch(() => hub.twins.report('d1', { on: true }));
    restoreSnapshot(hub, before);
  });
  expect(lines.flatMap((line) => ('input' in line ? [line.op] : []))).toEqual([
    'registry.create',
    'tiers.clear',
    'twins.report',
    'methods.abandon',
  ]);
});
