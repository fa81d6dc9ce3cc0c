import { expect, test } from 'vitest';
import { frameOf } from '../../../support/amqp/amqp-peer.ts';
import { EngineWorld } from '../../../support/amqp/engine-world.ts';

const BEGIN = { next_outgoing_id: 0, incoming_window: 1, outgoing_window: 1 };

test('what many clients send at the same moment is handled in many turns of the event loop, so that others run in between', async () => {
  await using world = new EngineWorld();
  const peers = await Promise.all(Array.from({ length: 30 }, () => world.connect()));
  const pair = Buffer.concat([frameOf('begin', BEGIN, { channel: 1 }), frameOf('end', {}, { channel: 1 })]);
  const thousand = Buffer.concat(Array.from({ length: 1000 }, () => pair));
  for (const peer of peers) peer.raw(thousand);
  const heard = Promise.all(
    peers.map(async (peer) => {
      for (let i = 0; i < 2000; i += 1) await peer.next();
    }),
  );
  let isOver = false;
  void heard.then(() => {
    isOver = true;
  });
  let turns = 0;
  for (; !isOver; turns += 1) await new Promise(setImmediate);
  expect(turns).toBeGreaterThan(5);
});
