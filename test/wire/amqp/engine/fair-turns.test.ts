import { expect, test } from 'vitest';
import { frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';

const BEGIN = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };

test('a client that sends tens of thousands of frames at once does not hold up another one, and all of them are handled', async () => {
  await using world = new EngineWorld();
  const [flood, other] = [await world.connect(), await world.connect()];
  const pair = Buffer.concat([frameOf('begin', BEGIN, { channel: 1 }), frameOf('end', {}, { channel: 1 })]);
  const chunk = Buffer.concat(Array.from({ length: 1000 }, () => pair));
  for (let i = 0; i < 20; i += 1) flood.raw(chunk);
  let handled = 0;
  const all = (async () => {
    while (handled < 40_000) {
      await flood.next();
      handled += 1;
    }
  })();
  expect(await other.settled()).toEqual([]);
  expect(handled).toBeLessThan(40_000);
  await all;
});
