import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportFleet, importFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import type { AmqpHub } from '../../support/wire/amqp-hub.ts';
import { heardBy, openTellingHub } from '../../support/wire/telling-hub.ts';

// What a consumer of the built-in endpoint does not hear of.

let world: AmqpHub;
beforeEach(async () => {
  world = await openTellingHub();
});
afterEach(() => world[Symbol.asyncDispose]());

const refused = (act: () => unknown): void => expect(act).toThrow();
const SENT = { body: new Uint8Array(), properties: {}, system: {} };

test.each<[string, (world: AmqpHub) => unknown]>([
  ['replacing an identity', ({ hub }) => hub.registry.replace({ deviceId: 'd1' }, { status: 'disabled' }, '*')],
  ['creating a device that exists', ({ hub }) => refused(() => hub.registry.create({ deviceId: 'd1' }, {}))],
  ['deleting a device that is not there', ({ hub }) => refused(() => hub.registry.delete({ deviceId: 'd9' }, '*'))],
  ['reading', ({ hub }) => [hub.twins.read('d1'), hub.registry.list(), hub.digitalTwins.get('d1')]],
  ['an empty patch', ({ hub }) => hub.twins.patch('d1', { tags: {}, properties: { desired: {} } })],
  ['a patch that is refused', ({ hub }) => refused(() => hub.twins.patch('d1', { tags: { a: 1 } }, 'stale'))],
  ['a report that is refused', ({ hub }) => refused(() => hub.twins.report('d1', 1))],
  ['a model', ({ hub }) => hub.twins.announceModel('plain', 'dtmi:com:example:Lamp;1')],
  ['a method of a device that is away', ({ hub }) => hub.methods.invoke('d1', { methodName: 'm' }).catch(() => {})],
  [
    'a message to a device',
    ({ hub }) => {
      hub.inbox.enqueue('d1', SENT);
      hub.inbox.complete('d1', hub.inbox.receive('d1')?.lock.token ?? '');
      hub.inbox.purge('d1');
    },
  ],
  ['a query', ({ hub }) => hub.queries.count(hub.queries.parse('SELECT * FROM devices')).next()],
  ['an import of the fleet', ({ hub }) => importFleet(hub, exportFleet(hub), { replace: true })],
  ['a restore', ({ hub }) => restoreSnapshot(hub, takeSnapshot(hub))],
  ['time', ({ clock }) => clock.advance(3_600_000)],
])('%s is not told', async (_, act) => {
  await act(world);
  expect(await heardBy(world)).toEqual([]);
});

test('a consumer hears only of what a route asks for', async () => {
  world.hub.router.replace({ fallbackRoute: { isEnabled: true } });
  world.hub.twins.patch('d1', { tags: { a: 1 } });
  world.hub.registry.create({ deviceId: 'new' }, {});
  expect(await heardBy(world)).toEqual([]);
});
