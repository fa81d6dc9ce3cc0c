import { type Duplex, duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { damaged, randomFrom } from '../../support/amqp/damage.ts';
import { refusal } from '../../support/hub/hub.ts';
import { message } from '../../support/hub/messages.ts';
import { conversations } from '../../support/wire/amqp-conversations.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { until } from '../../support/wire/mqtt-peer.ts';

const FRAMES = Number(process.env.AMQP_MUTATIONS ?? 50_000);
const SEED = 20_261_129;

type Random = ReturnType<typeof randomFrom>;

/** Some frames left out, sent twice, out of order or damaged. */
const spoiled = (frames: readonly Buffer[], random: Random): readonly Buffer[] =>
  frames.flatMap((frame) => {
    switch (random(24)) {
      case 0:
        return [];
      case 1:
        return [frame, frame];
      case 2:
        return [frames[random(frames.length)] ?? frame];
      case 3:
      case 4:
      case 5:
      case 6:
        return [damaged(frame, random)];
      default:
        return [frame];
    }
  });

/**
 * Says everything, or as much as the hub listens to; some clients then leave, others wait for the hub to close. Returns how many
 * frames it has said. `isHeard`: waits until the hub has read them.
 */
const talk = async (
  { server }: AmqpHub,
  frames: readonly Buffer[],
  random: Random,
  isHeard: (near: Duplex) => Promise<unknown> = async () => {},
): Promise<number> => {
  let said = 0;
  const [near, far] = duplexPair();
  near.resume();
  near.on('error', () => undefined);
  server.accept(far);
  for (const frame of frames) {
    if (far.destroyed || near.readableEnded) break;
    near.write(frame);
    said += 1;
    if (random(4) === 0) await new Promise(setImmediate);
  }
  await isHeard(near);
  for (let turns = random(3); turns > 0; turns -= 1) await new Promise(setImmediate);
  if (near.readableEnded && random(2) === 0) return said; // the hub has said close, and must not wait for the client
  near.destroy();
  far.destroy();
  return said;
};

/** What goes to the devices meanwhile. */
const stir = (hub: Hub, random: Random): void => {
  for (const key of ['d1', 'd1/m1']) {
    refusal(() => hub.inbox.enqueue(key, message('hi', { ack: 'full' })));
    hub.twins.patch(key, { properties: { desired: { n: random(1000) } } });
    if (hub.sessions.find(key, 'methods') !== undefined)
      hub.methods.call(key, hub.methods.read({ methodName: 'wave', responseTimeoutInSeconds: 5 }), () => undefined);
  }
};

test('a conversation that is not damaged reaches all that it is about', async () => {
  await using world = await openAmqpHub();
  const { hub, server, events } = world;
  hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  for (const key of ['d1', 'd1/m1'])
    for (let i = 0; i < 5; i += 1) hub.inbox.enqueue(key, message('hi', { ack: 'full' }));
  const isHeard = (near: Duplex): Promise<unknown> => until(() => near.readableEnded);
  for (const frames of conversations(world)) await talk(world, frames, (below) => below - 1, isHeard);
  await until(() => server.connections === 0);
  expect([...new Set(events.map(({ type }) => type))]).toEqual(
    expect.arrayContaining([
      'telemetry',
      'twin.reported',
      'session.subscribed',
      ...['c2d.enqueued', 'c2d.completed', 'c2d.rejected', 'c2d.abandoned', 'c2d.released', 'feedback.recorded'],
    ]),
  );
});

test(`${FRAMES} frames of conversations with a hub, some of them damaged: nothing uncaught, no effect on others, no connection left`, async () => {
  await using world = await openAmqpHub();
  const { hub, server, clock } = world;
  for (const name of [{ deviceId: 'd1', moduleId: 'm1' }, { deviceId: 'witness' }]) hub.registry.create(name, {});
  const witness = await world.device('witness');
  const inbox = await witness.receiver('/devices/witness/messages/devicebound');
  const scripts = conversations(world);
  const random = randomFrom(SEED);
  for (let sent = 0; sent < FRAMES; ) {
    const frames = spoiled(scripts[random(scripts.length)] ?? [], random);
    sent += await talk(world, frames, random);
    if (random(4) === 0) stir(hub, random);
    if (random(50) === 0) clock.advance(20_000);
  }
  await until(() => server.connections === 1);
  hub.inbox.enqueue('witness', message('still there'));
  expect(String((await witness.next(inbox)).message.body.content)).toBe('still there');
  expect(world.lines.filter(({ text }) => text.endsWith(' failed'))).toEqual([]);
  expect([...hub.sessions.live()].map(({ key }) => key)).toEqual(['witness']);
}, 3_600_000);
