import { expect, test } from 'vitest';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { newHub } from '../../support/hub/hub.ts';

const DEVICES = 5_000;
const METRIC = { all: "select deviceId from devices where is_defined(deviceId) or tags.a = 'x'" };

/** A hub whose configuration has a metric that looks at every twin. */
const newWorld = (
  configurationInterval: number,
  {
    clock = new VirtualClock(),
    queries = METRIC,
  }: { clock?: VirtualClock; queries?: Readonly<Record<string, string>> } = {},
) => {
  const world = newHub({ configurationInterval, clock });
  for (let i = 0; i < DEVICES; i++) world.hub.registry.create({ deviceId: `d${i}` }, {});
  world.hub.configurations.put('c1', {
    id: 'c1',
    content: { deviceContent: { 'properties.desired.a': { b: 1 } } },
    metrics: { queries },
  });
  return world;
};

test('a document with metrics is made in slices', () => {
  const { hub } = newWorld(0);
  const steps = hub.configurations.rendering(hub.configurations.get('c1'));
  let slices = 1;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) slices += 1;
  expect(step.value).toMatchObject({ metrics: { results: { all: DEVICES } } });
  expect(slices).toBeGreaterThan(DEVICES / 1_000);
});

/** Counts how often it is asked for a turn. */
class CountingClock extends VirtualClock {
  turns = 0;

  override after(ms: number, run: () => void): () => void {
    this.turns += 1;
    return super.after(ms, run);
  }
}

test('a round counts metrics in slices, each in a turn of its own', () => {
  const turnsWith = (queries: Readonly<Record<string, string>>): number => {
    const clock = new CountingClock();
    const { hub } = newWorld(300_000, { clock, queries });
    clock.advance(300_000);
    const { metrics } = hub.configurations.render(hub.configurations.get('c1'));
    expect(metrics).toMatchObject({ results: 'all' in queries ? { all: DEVICES } : {} });
    return clock.turns;
  };
  expect(turnsWith(METRIC)).toBeGreaterThan(turnsWith({}) + DEVICES / 1_000);
});

test('a twin that is no longer targeted while its configuration is counted first is not counted', () => {
  const { hub } = newHub();
  for (const id of ['first', ...Array.from({ length: 300 }, (_, i) => `d${i}`), 'last'])
    hub.registry.create({ deviceId: id }, {});
  hub.configurations.put('c1', { id: 'c1', content: { deviceContent: {} }, targetCondition: '' });
  hub.twins.configure('first', {}, { c1: { status: 'Targeted' } });
  hub.twins.configure('last', {}, { c1: { status: 'Applied' } });
  const steps = hub.configurations.rendering(hub.configurations.get('c1'));
  steps.next();
  hub.twins.configure('last', {}, {});
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  expect(step.value).toMatchObject({ systemMetrics: { results: { targetedCount: 1, appliedCount: 0 } } });
});
