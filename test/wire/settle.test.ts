import { startEmulator } from 'iothub-emulator';
import { expect, test } from 'vitest';
import { settle } from '../../emulator/hosting/settle.ts';
import { openMqttHub } from '../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../support/wire/mqtt-peer.ts';

test.each(['virtual', 'system'])('what is due is done, on a %s clock', async (clock) => {
  await using emulator = await startEmulator({ clock, devices: ['a', 'b'] });
  const { hub } = emulator;
  hub.jobs.create('now', {
    type: 'scheduleUpdateTwin',
    queryCondition: '*',
    updateTwin: { etag: '*', tags: { lit: true } },
    startTime: new Date(hub.clock.now()).toISOString(),
    maxExecutionTimeInSeconds: 60,
  });
  await emulator.settle();
  expect([hub.twins.get('a'), hub.twins.get('b')].map(({ twin }) => twin.tags)).toEqual([{ lit: true }, { lit: true }]);
});

test('what the hub says has left it', async () => {
  await using world = await openMqttHub();
  await using peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  await peer.subscribe('$iothub/twin/PATCH/properties/desired/#');
  const text = 'x'.repeat(4000);
  for (let n = 0; n < 200; n += 1) world.hub.twins.patch('d1', { properties: { desired: { n, text } } });
  const waiting = () => world.hub.sessions.find('d1')?.waiting ?? 0;
  expect(waiting()).toBeGreaterThan(0);
  await settle(world.hub);
  expect(waiting()).toBe(0);
});
