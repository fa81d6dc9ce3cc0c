import type { Message, Receiver } from 'rhea';
import { message as rheaMessage, types } from 'rhea';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AmqpClient } from '../../support/wire/amqp-client.ts';
import { type AmqpHub, openAmqpHub } from '../../support/wire/amqp-hub.ts';

const TWIN = '/devices/d1/twin';
const DESIRED = '/notifications/twin/properties/desired';
let world: AmqpHub;
let client: AmqpClient;
let answers: Receiver;
beforeAll(async () => {
  world = await openAmqpHub();
  client = await world.device('d1');
  const receiver = await client.receiver(TWIN);
  if (typeof receiver === 'string') throw new Error(receiver);
  answers = receiver;
});
afterAll(() => world[Symbol.asyncDispose]());

const request = async (annotations: object, body: string, correlation_id: unknown = 'c1') => {
  const sent = client.send(TWIN, {
    correlation_id,
    message_annotations: annotations,
    body: rheaMessage.data_section(Buffer.from(body)),
  } as Message); // rhea accepts ids of any type
  const { message } = await client.next(answers);
  expect(await sent).toBe('accepted');
  return read(message);
};

const read = ({ correlation_id, message_annotations, body }: Message) => {
  const text = String(body.content);
  return { id: correlation_id, annotations: message_annotations, body: text === '' ? undefined : JSON.parse(text) };
};

test('a twin is read', async () => {
  const twin = world.hub.twins.read('d1');
  expect(await request({ operation: 'GET' }, ' ')).toEqual({ id: 'c1', annotations: { status: 200 }, body: twin });
});

// trap 11
test('the correlation id comes back in the type that the client has chosen', async () => {
  const id = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  expect(await request({ operation: 'GET' }, ' ', types.wrap_uuid(id))).toMatchObject({ id });
  expect(await request({ operation: 'GET' }, ' ', types.wrap_ulong(0))).toMatchObject({ id: 0 });
});

test('reported properties are merged, and answered with the new version', async () => {
  const version = world.hub.fleet.get('d1').twin.reported.version + 1;
  const patch = { operation: 'PATCH', resource: '/properties/reported' };
  expect(await request(patch, '{"battery":5}')).toEqual({
    id: 'c1',
    annotations: { status: 200, version },
    body: undefined,
  });
  expect(world.hub.fleet.get('d1').twin.reported.values).toMatchObject({ battery: 5 });
});

test.each([
  ['a body that is not JSON', { operation: 'PATCH', resource: '/properties/reported' }, '{', 400, 400006],
  ['a patch that is not an object', { operation: 'PATCH', resource: '/properties/reported' }, '5', 400, 400004],
  ['an operation that does not exist', { operation: 'POST' }, ' ', 400, 400004],
  ['no operation', {}, ' ', 400, 400004],
])('%s is answered with a status', async (_, annotations, body, status, errorCode) => {
  expect(await request(annotations, body)).toMatchObject({ annotations: { status }, body: { errorCode } });
});

test('changes of desired properties come after a subscription, and without a correlation id', async () => {
  expect(await request({ operation: 'PUT', resource: DESIRED }, ' ')).toMatchObject({ annotations: { status: 200 } });
  world.hub.twins.patch('d1', { properties: { desired: { floor: 3 } } });
  const { version } = world.hub.fleet.get('d1').twin.desired;
  expect(read((await client.next(answers)).message)).toEqual({
    id: undefined,
    annotations: { resource: DESIRED, version },
    body: { floor: 3, $version: version },
  });
  expect(await request({ operation: 'DELETE', resource: DESIRED }, ' ')).toMatchObject({
    annotations: { status: 200 },
  });
  expect(world.hub.sessions.listening('d1').capabilities).toEqual({});
});
