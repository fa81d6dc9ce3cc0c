import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { expect, test } from 'vitest';
import { openMqttHub } from '../../support/wire/mqtt-hub.ts';
import { MqttPeer, until } from '../../support/wire/mqtt-peer.ts';

const RUNS = 10_000;

test(`${RUNS} damaged conversations: nothing uncaught, no effect on others, no connection left over`, async () => {
  await using world = await openMqttHub();
  for (const deviceId of ['d2', 'witness']) world.hub.registry.create({ deviceId }, {});
  const { peer: witness } = await MqttPeer.connect(world.port, world.credentials('witness'));
  await witness.subscribe('$iothub/twin/PATCH/properties/desired/#', 1);
  const before = world.hub.fleet.get('witness').twin;
  const { password, ...rest } = world.credentials('d1');
  const talk = [
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: false,
      keepalive: 60,
      ...rest,
      password: Buffer.from(password ?? ''),
      will: { topic: 'devices/d1/messages/events/', payload: Buffer.from('w'), qos: 1, retain: false },
    }),
    mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$iothub/twin/res/#', qos: 1 }] }),
    publish('$iothub/twin/GET/?$rid=1', ''),
    publish('$iothub/twin/PATCH/properties/reported/?$rid=2&$version=1', '{"a":{"b":[1,2,{"c":null}]}}'),
    publish('devices/d1/messages/events/%24.ct=application%2Fjson&a=b', '{}'),
    mqttPacket.generate({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['$iothub/twin/res/#'] }),
    mqttPacket.generate({ cmd: 'puback', messageId: 1 }),
    mqttPacket.generate({ cmd: 'pingreq' }),
    mqttPacket.generate({ cmd: 'disconnect' }),
  ];
  const edit = fc.record({ packet: fc.nat(talk.length - 1), at: fc.nat(300), value: fc.nat(255), kind: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.nat(600),
      fc.nat(8),
      async (edits, cut, turns) => {
        const said = talk.map((packet) => Buffer.from(packet));
        for (const { packet, at, value, kind } of edits) {
          const bytes = said[packet] ?? Buffer.alloc(0);
          const index = at % Math.max(1, bytes.length);
          if (kind === 0) bytes[index] = value;
          else if (kind === 1) said[packet] = bytes.subarray(0, index);
          else if (kind === 2)
            said[packet] = Buffer.concat([bytes.subarray(0, index), Buffer.from([value]), bytes.subarray(index)]);
          else said[packet] = bytes.fill(bytes[index] ?? 0, index, Math.min(bytes.length, index + 2));
        }
        const all = Buffer.concat(said);
        const [near, far] = duplexPair();
        near.resume();
        near.on('error', () => undefined);
        world.server.accept(far);
        near.write(all.subarray(0, cut));
        near.write(all.subarray(cut));
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        far.destroy();
        near.destroy();
      },
    ),
    { numRuns: RUNS, seed: 20261123 },
  );
  await until(() => world.server.connections === 1 && world.server.registered === 1);
  expect(await witness.settle()).toEqual([]);
  expect(world.hub.fleet.get('witness').twin).toBe(before);
  expect(world.log.filter(({ text }) => !EXPECTED.test(text))).toEqual([]);
  await witness.vanish();
}, 60_000);

const EXPECTED = /^(Closed|Refused) |^Connected a device without twins and methods$/;

const publish = (topic: string, payload: string): Buffer =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 1, messageId: 9, dup: false, retain: false });
