import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readJsonText } from '../../emulator/kernel/json-text.ts';
import { connectDevice } from '../support/hub/device-end.ts';
import { type MqttHub, openMqttHub } from '../support/wire/mqtt-hub.ts';
import { MqttPeer } from '../support/wire/mqtt-peer.ts';
import { type Rest, startRest } from '../support/wire/rest-client.ts';

let world: MqttHub;
let peer: MqttPeer;
let rest: Rest;
beforeAll(async () => {
  world = await openMqttHub();
  rest = await startRest();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rest[Symbol.asyncDispose]();
});
beforeEach(async () => {
  peer = (await MqttPeer.connect(world.port, world.credentials('d1'))).peer;
  await peer.subscribe('$iothub/methods/POST/#');
  return () => peer.vanish();
});

const answered = async (payload: string) => {
  const answer = world.hub.methods.invoke('d1', { methodName: 'blink' });
  const { topic } = await peer.next();
  peer.publish(`$iothub/methods/res/200/?$rid=${String(topic).split('$rid=')[1]}`, payload);
  return answer;
};

// https://github.com/JamesNK/Newtonsoft.Json, Src/Newtonsoft.Json/JsonTextReader.cs
test.each([
  ["{'a':'b'}", "{'a':'b'}"],
  ['{"a":1,}', '{"a":1,}'],
  ['{"a":1}\u0000', '{"a":1}'],
  ['{a:1}', '{a:1}'],
  ['{"a":1 /* one */}', '{"a":1 /* one */}'],
  ['{"a":1.50}', '{"a":1.50}'],
  ['{"at":1764349200123456789}', '{"at":1764349200123456789}'],
])('the method answer %j is handed on as %j', async (sent, text) => {
  expect((await answered(sent)).payload.text).toBe(text);
});

test.each(['{a', 'hello', "{'a':1}}", '{"a" 1}'])('the method answer %j is not JSON: 502', async (sent) => {
  await expect(answered(sent)).rejects.toMatchObject({ code: 'InvalidResponseWhileProxying', status: 502 });
});

test('a report is read as leniently', async () => {
  peer.publish('$iothub/twin/PATCH/properties/reported/?$rid=1', "{a:'b', c:[1,2], /* three */ d:3,}\u0000");
  expect(await peer.next()).toMatchObject({ topic: expect.stringContaining('res/204/?$rid=1') });
  expect(world.hub.fleet.get('d1').twin.reported.values).toEqual({ a: 'b', c: [1, 2], d: 3 });
});

const BIG = '1764349200123456789';

/** A device that sends back the text it got. */
const connectEcho = (key: string): readonly string[] => {
  const heard: string[] = [];
  rest.hub.sessions.open(
    {
      key,
      protocol: 'test',
      deliver(message) {
        if (message.type !== 'method') return;
        heard.push(message.payload.text);
        rest.hub.methods.respond(key, message.requestId, {
          status: 200,
          payload: readJsonText(`{"at":${BIG},"x":1.50}`),
        });
      },
      close: () => {},
    },
    { resume: false, modelId: 'dtmi:a:b;1' },
  );
  const session = rest.hub.sessions.find(key);
  if (session !== undefined) rest.hub.sessions.subscribe(session, 'methods', 0);
  return heard;
};

// a nanosecond timestamp, which a double does not hold
test('methods, commands and jobs keep every digit, both ways', async () => {
  await rest.ask('PUT', '/devices/e1', { body: {} });
  const heard = connectEcho('e1');
  const call = `{"methodName":"a","payload":{"at":${BIG},"y":1.50}}`;
  const method = await rest.ask('POST', '/twins/e1/methods', { body: call });
  expect(method.text).toBe(`{"status":200,"payload":{"at":${BIG},"x":1.50}}`);
  const command = await rest.ask('POST', '/digitaltwins/e1/commands/a', { body: BIG });
  expect(command.text).toBe(`{"at":${BIG},"x":1.50}`);
  const job = `{"type":"scheduleDeviceMethod","queryCondition":"deviceId = 'e1'","cloudToDeviceMethod":${call}}`;
  expect((await rest.ask('PUT', '/jobs/v2/big', { body: job })).status).toBe(200);
  rest.clock.settle();
  const rows = await rest.ask('POST', '/devices/query', { body: { query: 'SELECT * FROM devices.jobs' } });
  expect(rows.text).toContain(`"outcome":{"deviceMethodResponse":{"status":200,"payload":{"at":${BIG},"x":1.50}}}`);
  expect(heard).toEqual([`{"at":${BIG},"y":1.50}`, BIG, `{"at":${BIG},"y":1.50}`]);
});

// the first request is in https://github.com/Azure/azure-iot-sdk-csharp/issues/37, the job in
// https://github.com/MicrosoftDocs/azure-docs/issues/29484
test('bodies of requests are read as leniently', async () => {
  await rest.ask('PUT', '/devices/l1', { body: "{'deviceId':'l1', status:'disabled', /* later */}" });
  expect(rest.hub.fleet.get('l1').identity.status).toBe('disabled');
  await rest.ask('PUT', '/devices/l1', { body: {}, headers: { 'if-match': '*' } });
  connectDevice(rest.hub, 'l1', (_, payload) => ({ status: 200, payload }));
  const method = await rest.ask('POST', '/twins/l1/methods', {
    body: '{"methodName":"a","payload":\'MethodPayload\'}',
  });
  expect([method.status, method.body]).toEqual([200, { status: 200, payload: 'MethodPayload' }]);
  const twin = await rest.ask('PATCH', '/twins/l1', { body: "{tags:{hall:'B',},properties:{desired:{rate:5}}}" });
  expect(twin).toMatchObject({ status: 200, body: { tags: { hall: 'B' }, properties: { desired: { rate: 5 } } } });
  const job = `{"type":"scheduleUpdateTwin","cloudToDeviceMethod":null,"updateTwin":{"tags":{"a":1},"etag":"*",},"queryCondition":"deviceId = 'l1'"}`;
  expect((await rest.ask('PUT', '/jobs/v2/lenient', { body: job })).status).toBe(200);
  const query = await rest.ask('POST', '/devices/query', { body: "{query:'SELECT * FROM devices'}" });
  expect(query.status).toBe(200);
});

test('a body that Json.NET does not read either stays 400', async () => {
  for (const body of ['{"methodName":"a"', 'methodName', "{'a':1}}"])
    expect((await rest.ask('POST', '/twins/l1/methods', { body })).status).toBe(400);
});
