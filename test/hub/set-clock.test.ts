import { afterEach, expect, test, vi } from 'vitest';
import { systemClock, VirtualClock } from '../../emulator/kernel/clock.ts';
import { Scheduler } from '../../emulator/kernel/scheduler.ts';
import { newHub, newSession } from '../support/hub/hub.ts';

const DAY_MS = 86_400_000;

/** The clock of a machine that somebody sets. */
class SetClock extends VirtualClock {
  #offset = 0;

  override now(): number {
    return super.now() + this.#offset;
  }

  setBy(ms: number): void {
    this.#offset += ms;
  }
}

/** A hub with the device `d1`, which listens to methods and answers nothing. */
const newWorld = () => {
  const clock = new SetClock();
  const { hub } = newHub({ clock });
  hub.registry.create({ deviceId: 'd1' }, {});
  const { session } = newSession('d1');
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'methods', 0);
  return { hub, clock };
};

test.each([-DAY_MS, DAY_MS])(
  'a call of a method takes its 5 s when the clock is set by %d ms meanwhile',
  async (ms) => {
    const { hub, clock } = newWorld();
    const ended: string[] = [];
    const call = { methodName: 'reboot', responseTimeoutInSeconds: 5 };
    hub.methods.call('d1', hub.methods.read(call), (outcome) =>
      ended.push('code' in outcome ? outcome.code : 'answer'),
    );
    clock.setBy(ms);
    clock.advance(4_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(['GatewayTimeout']);
  },
);

test.each([-DAY_MS, DAY_MS])('a device is awaited for 5 s when the clock is set by %d ms meanwhile', async (ms) => {
  const { hub, clock } = newWorld();
  hub.registry.create({ deviceId: 'd2' }, {});
  const ended: string[] = [];
  const call = { methodName: 'reboot', connectTimeoutInSeconds: 5, responseTimeoutInSeconds: 5 };
  hub.methods.call('d2', hub.methods.read(call), (outcome) => ended.push('code' in outcome ? outcome.code : 'answer'));
  clock.setBy(ms);
  clock.advance(4_999);
  expect(ended).toEqual([]);
  clock.advance(1);
  expect(ended).toEqual(['DeviceNotOnline']);
});

test.each([-DAY_MS, DAY_MS])('a job ends after its execution time when the clock is set by %d ms meanwhile', (ms) => {
  const { hub, clock } = newWorld();
  const work = {
    type: 'scheduleDeviceMethod',
    cloudToDeviceMethod: { methodName: 'reboot', responseTimeoutInSeconds: 300 },
  };
  hub.jobs.create('j1', { ...work, queryCondition: "deviceId = 'd1'", maxExecutionTimeInSeconds: 60 });
  for (let i = 0; i < 5; i++) clock.settle();
  clock.setBy(ms);
  clock.advance(59_999);
  expect(hub.jobs.find('j1')?.status).toBe('running');
  clock.advance(1);
  expect(hub.jobs.find('j1')?.status).toBe('completed');
});

test('a job that begins late, since the clock was set beyond its end, still reaches its devices', () => {
  const { hub, clock } = newWorld();
  const work = { type: 'scheduleUpdateTwin', updateTwin: { etag: '*', tags: { hall: 4 } }, queryCondition: '*' };
  hub.jobs.create('j1', { ...work, startTime: '2026-01-01T01:00:00Z', maxExecutionTimeInSeconds: 60 });
  clock.settle();
  clock.setBy(DAY_MS);
  clock.advance(3_600_000);
  for (let i = 0; i < 5; i++) clock.settle();
  expect(hub.twins.get('d1').twin.tags).toEqual({ hall: 4 });
  expect(hub.jobs.show('j1')).toMatchObject({
    status: 'completed',
    deviceJobStatistics: { deviceCount: 1, succeededCount: 1 },
  });
});

test('a hub whose clock was set back is asked for times before and after, and for the later of two that are the same', () => {
  const { hub, clock } = newWorld();
  const tagAt = (time: string) => hub.history.at('d1', { at: Date.parse(time) }).twin.tags?.hall;
  clock.advance(3_600_000);
  hub.twins.patch('d1', { tags: { hall: 1 } });
  clock.advance(3_600_000);
  hub.twins.patch('d1', { tags: { hall: 2 } });
  clock.setBy(-3_600_000);
  expect([tagAt('2026-01-01T01:30:00Z'), tagAt('2026-01-01T02:00:00Z')]).toEqual([1, 2]);
  clock.advance(600_000);
  hub.twins.patch('d1', { tags: { hall: 3 } });
  expect(tagAt('2026-01-01T00:30:00Z')).toBeUndefined();
  expect(tagAt('2026-01-01T01:05:00Z')).toBe(1);
  expect(tagAt('2026-01-01T01:10:00Z')).toBe(3);
  expect(tagAt('2026-01-01T01:30:00Z')).toBe(1);
  clock.setBy(-DAY_MS);
  hub.twins.patch('d1', { tags: { hall: 4 } });
  expect(tagAt('2025-12-31T01:10:00Z')).toBe(4);
  expect(tagAt('2026-01-01T01:10:00Z')).toBe(3);
  expect(tagAt('2026-01-01T02:00:00Z')).toBe(2);
  expect(() => tagAt('2026-01-01T02:00:01Z')).toThrow('This is yet to come');
});

test('events are stamped by the clock that was set', () => {
  const { hub, clock } = newWorld();
  const stamps: number[] = [];
  hub.events.listen(({ at }) => stamps.push(at));
  clock.setBy(DAY_MS);
  hub.registry.create({ deviceId: 'd2' }, {});
  expect(stamps).toEqual([Date.parse('2026-01-02T00:00:00Z')]);
});

afterEach(() => vi.restoreAllMocks());

test('timers of the machine run although its clock is set back a day', async () => {
  const scheduler = new Scheduler(systemClock);
  const ran = new Promise<string>((done) => scheduler.on('note', done));
  scheduler.put({ at: systemClock.now() + 20, kind: 'note', key: 'a' });
  const now = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(now - DAY_MS);
  // they do not keep a process alive, as a listening hub does
  const alive = setInterval(() => {}, 1_000);
  expect(await ran).toBe('a');
  clearInterval(alive);
});
