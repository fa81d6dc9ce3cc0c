import { message as rheaMessage } from 'rhea';
import { afterEach, expect, test } from 'vitest';
import type { Tier } from '../../../protocol/tier.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';
import { B1, exhaust, S1, spend } from '../../support/wire/tiers.ts';

const EVENTS = '/devices/d1/messages/events';
const TWIN = '/devices/d1/twin';
const C2D = { to: '/devices/d1/messages/devicebound', body: rheaMessage.data_section(Buffer.from('hi')) };

let world: AmqpHub;
const open = async (tier: Tier) => {
  world = await openAmqpHub({ tier });
  return world.device('d1');
};
afterEach(() => world[Symbol.asyncDispose]());

const twinStatus = async (device: Awaited<ReturnType<typeof open>>): Promise<unknown> => {
  const answers = await device.receiver(TWIN);
  if (typeof answers === 'string') throw new Error(answers);
  await device.send(TWIN, {
    correlation_id: '1',
    message_annotations: { operation: 'GET' },
    body: rheaMessage.data_section(Buffer.of()),
  });
  return (await device.next(answers)).message.message_annotations?.status;
};

// https://github.com/Azure/azure-iot-sdk-node/blob/main/common/transport/amqp/src/amqp_common_errors.ts
test('beyond the throttle telemetry is rejected as the SDKs read it', async () => {
  const device = await open(S1);
  exhaust(world.hub, 'telemetry');
  expect(await device.send(EVENTS, { body: 'x' })).toBe('com.microsoft:device-container-throttled');
  world.clock.advance(60_000);
  expect(await device.send(EVENTS, { body: 'x' })).toBe('accepted');
});

test('over the quota of the day telemetry and messages to devices are rejected', async () => {
  const device = await open(S1);
  const service = await world.service();
  spend(world.hub, 400_000);
  expect(await device.send(EVENTS, { body: 'x' })).toBe('com.microsoft:quota-exceeded');
  expect(await service.send('/messages/devicebound', C2D)).toBe('com.microsoft:quota-exceeded');
});

test('beyond the throttle a twin request is answered 429', async () => {
  const device = await open(S1);
  exhaust(world.hub, 'twin.get');
  expect(await twinStatus(device)).toBe(429);
});

test('beyond the throttle messages to devices are rejected', async () => {
  await open(S1);
  const service = await world.service();
  exhaust(world.hub, 'c2d.send');
  expect(await service.send('/messages/devicebound', C2D)).toBe('com.microsoft:device-container-throttled');
});

test('a basic hub takes telemetry, and has neither twins nor messages to devices', async () => {
  const device = await open(B1);
  const service = await world.service();
  expect(await device.send(EVENTS, { body: 'x' })).toBe('accepted');
  expect(await twinStatus(device)).toBe(403);
  expect(await service.send('/messages/devicebound', C2D)).toBe('amqp:not-allowed');
});
