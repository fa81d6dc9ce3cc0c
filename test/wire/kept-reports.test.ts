import { expect, test } from 'vitest';
import { silentLog } from '../../emulator/log.ts';
import { fullCopy } from '../../emulator/store/full-copy.ts';
import { Keeper } from '../../emulator/store/keeper.ts';
import { restoreHub } from '../../emulator/store/restore.ts';
import { newHub } from '../support/hub/hub.ts';
import { MemoryStore } from '../support/store/memory-store.ts';
import { slowStore, someTurns } from '../support/store/slow-store.ts';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

const keeping = async () => {
  const { hub, clock } = newHub();
  const store = new MemoryStore();
  hub.registry.create({ deviceId: 'oven' }, {});
  const keeper = new Keeper({ hub, store, durability: 'sync', log: silentLog, folder: 'data' });
  await keeper.start();
  return { hub, clock, keeper, records: () => recordsIn(store) };
};

const recordsIn = (store: MemoryStore): unknown[] =>
  Array.from(store.rows)
    .filter(([key]) => key.startsWith('log\0'))
    .map(([, text]) => JSON.parse(text));

test('a report is written once, as a version in the history: the row of the twin follows from it', async () => {
  const { hub, clock, records } = await keeping();
  for (const celsius of [20, 30]) {
    clock.advance(1000);
    hub.twins.report('oven', { celsius });
  }
  await turn();
  await turn();
  const [patch20, patch30] = [20, 30].map((celsius) => expect.arrayContaining([{ celsius }])); // with numbers after it
  expect(records()).toEqual([
    { history: ['oven', { dropped: 0, added: [patch20, patch30] }], 'devices<history': ['oven'] },
  ]);
});

test('what else has changed is written beside it', async () => {
  const { hub, records } = await keeping();
  hub.twins.report('oven', { celsius: 20 });
  hub.presence.connect('oven');
  await turn();
  await turn();
  expect(records()).toEqual([
    {
      history: ['oven', { dropped: 0, added: [expect.anything()] }],
      devices: ['oven', expect.objectContaining({ presence: [true, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'] })],
    },
  ]);
});

test('a history of more versions than are kept is written as what has changed, too', async () => {
  const { hub, records } = await keeping();
  for (let celsius = 0; celsius < 400; celsius++) {
    hub.twins.report('oven', { celsius });
    await turn();
    await turn();
  }
  expect(records().length).toBeGreaterThan(300);
  expect(JSON.stringify(records())).not.toContain('whole');
});

test('what comes in the turn in which a batch ends is written together with what has waited for that', async () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'oven' }, {});
  const slow = slowStore();
  const keeper = slow.keep(hub);
  await turn();
  slow.hold();
  hub.twins.report('oven', { celsius: 20 });
  await turn();
  keeper.after(
    () => void hub.twins.report('oven', { celsius: 40 }),
    () => {},
  );
  hub.twins.report('oven', { celsius: 30 });
  slow.release();
  await someTurns();
  const [patch20, patch30, patch40] = [20, 30, 40].map((celsius) => expect.arrayContaining([{ celsius }]));
  expect(recordsIn(slow.store)).toEqual([
    { history: ['oven', { dropped: 0, added: [patch20] }], 'devices<history': ['oven'] },
    { history: ['oven', { dropped: 0, added: [patch30, patch40] }], 'devices<history': ['oven'] },
  ]);
});

test('reports that come while a batch fails leave no version', async () => {
  const { hub } = newHub();
  for (const deviceId of ['oven', 'kettle']) hub.registry.create({ deviceId }, {});
  const slow = slowStore();
  const keeper = slow.keep(hub);
  await turn();
  for (const key of ['oven', 'kettle']) hub.twins.report(key, { celsius: 20 });
  await someTurns();
  slow.hold();
  hub.twins.report('oven', { celsius: 30 });
  await turn();
  hub.twins.report('kettle', { celsius: 40 });
  slow.store.failure = new Error('no space left on device');
  slow.release();
  while (keeper.refusal === undefined) await turn();
  for (const key of ['oven', 'kettle'])
    expect(hub.history.list(key).map(({ member }) => member?.twin.reported.values)).toEqual([{}, { celsius: 20 }]);
});

test.each([false, true])(
  'what a program reports while the store fails is kept with its version; rows removed: %s',
  async (isRemoved) => {
    const { hub } = newHub();
    for (const deviceId of ['oven', 'kettle']) hub.registry.create({ deviceId }, {});
    const slow = slowStore();
    const keeper = slow.keep(hub);
    for (const key of ['oven', 'kettle']) hub.twins.report(key, { celsius: 20 });
    await someTurns();
    slow.store.failure = new Error('no space left on device');
    hub.twins.report('oven', { celsius: 30 });
    while (keeper.refusal === undefined) await turn();
    hub.twins.report('kettle', { celsius: 40 });
    [slow.store.failure, slow.store.isRemoved] = [undefined, isRemoved];
    while (keeper.refusal !== undefined) await turn();
    await someTurns();
    const again = newHub();
    await restoreHub(again.hub, new MemoryStore(slow.store.rows));
    again.hub.resume();
    const versions = again.hub.history.list('kettle').map(({ member }) => member?.twin.reported.values);
    expect(versions).toEqual([{}, { celsius: 20 }, { celsius: 40 }]);
  },
);

test('what is kept is complete, whatever a listener reads', async () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'oven' }, {});
  hub.twins.report('oven', { celsius: 0 });
  hub.changes.listen(({ space }) => void (space === 'history' && hub.history.list('oven')));
  const slow = slowStore();
  slow.keep(hub);
  await turn();
  for (const celsius of [1, 2, 3, 4, 5]) hub.twins.report('oven', { celsius });
  await someTurns();
  const again = newHub();
  await restoreHub(again.hub, new MemoryStore(slow.store.rows));
  expect(again.hub.history.list('oven').map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a report is kept once that comes while all rows are copied into a new folder', async () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'oven' }, {});
  hub.twins.report('oven', { celsius: 20 });
  const store = new MemoryStore();
  const keeper = new Keeper({ hub, store, durability: 'sync', log: silentLog, folder: 'data' });
  await keeper.start(async () => {
    hub.twins.report('oven', { celsius: 30 });
    await fullCopy(hub, store);
    hub.twins.report('oven', { celsius: 40 });
  });
  await someTurns();
  const again = newHub();
  await restoreHub(again.hub, new MemoryStore(store.rows));
  again.hub.resume();
  const versions = again.hub.history.list('oven').map(({ member }) => member?.twin.reported.values);
  expect(versions).toEqual([{}, { celsius: 20 }, { celsius: 30 }, { celsius: 40 }]);
});
