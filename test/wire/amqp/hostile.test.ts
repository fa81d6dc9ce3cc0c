import { duplexPair } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AmqpPeer } from '../../support/amqp/amqp-peer.ts';
import { ATTACKS } from '../../support/amqp/attacks.ts';
import { message } from '../../support/hub/messages.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { until } from '../../support/wire/mqtt-peer.ts';

// `npm run bench -- --only hostile` measures stalls and memory

let world: AmqpHub;
let witness: AmqpPeer;
beforeAll(async () => {
  world = await openAmqpHub({ mode: 'off' });
  world.hub.registry.create({ deviceId: 'witness' }, {});
  for (let i = 0; i < 50; i += 1) world.hub.inbox.enqueue('d1', message('waiting'));
  witness = dial();
  await witness.open();
  await witness.receiver('/devices/witness/messages/devicebound', 0, 1000);
});
afterAll(() => world[Symbol.asyncDispose]());

const dial = (): AmqpPeer => {
  const [near, far] = duplexPair();
  // as with sockets, what one side drops the other one loses
  far.once('close', () => near.destroy());
  near.once('close', () => far.destroy());
  world.server.accept(far);
  return new AmqpPeer(near);
};

test.each(ATTACKS)('$what', async ({ run, ends }) => {
  expect(await run(dial)).toBe(ends);
  world.hub.inbox.enqueue('witness', message('still there'));
  expect((await witness.settled()).map(({ type }) => type)).toEqual(['transfer']);
  await until(() => world.server.connections === 1);
  expect(world.lines.filter(({ text }) => text.endsWith(' failed'))).toEqual([]);
});
