import { type EventEmitter, once } from 'node:events';
import { type Emulator, startEmulator } from 'iothub-emulator';
import { Amqp, AmqpWs, Client, Http, Message, ModuleClient, Mqtt, MqttWs } from 'iothub-emulator/device';
import { Registry, Client as Service } from 'iothub-emulator/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let emulator: Emulator;
let service: Service;
beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', devices: ['d1'] });
  emulator.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
  service = Service.fromConnectionString(emulator.connectionString());
});
afterAll(async () => {
  await service.close();
  await emulator.close();
});

/** The next message of a client; the listener stays, because without one the client no longer receives. */
const next = (client: EventEmitter, event: string): (() => Promise<Message>) => {
  const messages: Message[] = [];
  client.on(event, (...values) => messages.push(values[values.length - 1]));
  return async () => {
    while (messages.length === 0) await once(client, event);
    return messages.shift() ?? new Message('');
  };
};
const outcome = (promise: Promise<object>): Promise<string> =>
  promise.then(
    (result) => result.constructor.name,
    (error: Error) => `${error.name}: ${error.message}`,
  );
const reading = (): Message => {
  const message = new Message('{"t":21}');
  Object.assign(message, { messageId: 'm1', contentType: 'application/json', contentEncoding: 'utf-8' });
  message.properties.add('floor', '3');
  return message;
};

/** The next message that the hub gets. */
const telemetry = () =>
  new Promise<{ body: string; system: object; properties: object }>((done) => {
    const stop = emulator.hub.events.listen((event) => {
      if (event.type !== 'telemetry') return;
      stop();
      const { body, system, properties } = event.message;
      done({ body: Buffer.from(body).toString(), system, properties });
    });
  });

// azure-iot-device-mqtt 1.16.4, mqtt.js, and azure-iot-device-amqp 1.14.4, amqp.js
const CONNECTED = [
  ...[Mqtt, MqttWs].map((Over) => ({
    Over,
    rejected: 'NotImplementedError: the MQTT transport does not support rejecting messages.',
    abandoned: 'NotImplementedError: The MQTT transport does not support abandoning messages.',
    batch: 'NotImplementedError: MQTT Transport does not support batching yet',
  })),
  ...[Amqp, AmqpWs].map((Over) => ({
    Over,
    rejected: 'MessageRejected',
    abandoned: 'MessageAbandoned',
    batch: 'NotImplementedError: AMQP Transport does not support batching yet',
  })),
];
// azure-iot-device-http 1.14.4, http.js
const OVER_HTTP = { Over: Http, rejected: 'MessageRejected', abandoned: 'MessageAbandoned', batch: 'MessageEnqueued' };

describe.each([...CONNECTED, OVER_HTTP])('over $Over.name', ({ Over, rejected, abandoned, batch }) => {
  const device = () => {
    const client = Client.fromConnectionString(emulator.deviceConnectionString('d1'), Over);
    void client.setOptions({ http: { receivePolicy: { interval: 0.01 } } });
    return client;
  };

  test('a device completes, rejects and abandons messages', async () => {
    const client = device();
    await client.open();
    const settled: string[] = [];
    const came = next(client, 'message');
    for (const settle of [client.complete, client.reject, client.abandon]) {
      await service.send('d1', 'hi');
      const message = await came();
      settled.push(String(message.getData()), await outcome(settle.call(client, message)));
    }
    expect(settled).toEqual(['hi', 'MessageCompleted', 'hi', rejected, 'hi', abandoned]);
    await client.close();
    emulator.hub.inbox.purge('d1');
  });

  test('a device sends messages one by one', async () => {
    const client = device();
    const heard = telemetry();
    expect(await outcome(client.sendEvent(reading()))).toBe('MessageEnqueued');
    expect(await heard).toMatchObject({
      body: '{"t":21}',
      system: { messageId: 'm1', contentType: 'application/json', contentEncoding: 'utf-8' },
      properties: { floor: '3' },
    });
    expect(await outcome(client.sendEventBatch([reading()]))).toBe(batch);
    expect(await outcome(client.sendEvent(new Message(Buffer.alloc(270_000))))).toMatch(/^MessageTooLargeError/);
    await client.close();
  });
});

describe.each(CONNECTED)('connected over $Over.name', ({ Over }) => {
  const device = () => Client.fromConnectionString(emulator.deviceConnectionString('d1'), Over);

  test('a device has a twin and methods', async () => {
    const client = device();
    await client.open();
    const twin = await client.getTwin();
    const value = `${Over.name} ${Math.random()}`;
    await twin.properties.reported.update({ value });
    const changed = new Promise((done) => void twin.on(`properties.desired.${Over.name}`, done));
    client.onDeviceMethod('wave', (request, response) => void response.send(207, { to: request.payload }));
    await expect.poll(() => emulator.hub.sessions.find('d1', 'methods')).toBeDefined();
    await Registry.fromConnectionString(emulator.connectionString()).updateTwin(
      'd1',
      { properties: { desired: { [Over.name]: value } } },
      '*',
    );
    expect(await changed).toBe(value);
    const { result } = await service.invokeDeviceMethod('d1', { methodName: 'wave', payload: ['all'] });
    expect([result, (await client.getTwin()).properties.reported.value]).toEqual([
      { status: 207, payload: { to: ['all'] } },
      value,
    ]);
    await client.close();
  });

  test('a device connects again and receives, after the hub has cut its connection', async () => {
    const client = device();
    await client.open();
    const came = next(client, 'message');
    await client.getTwin();
    const again = once(client, 'connect');
    emulator.hub.sessions.drop('d1', 'requested');
    await again;
    await service.send('d1', 'late');
    expect(String((await came()).getData())).toBe('late');
    await client.close();
    emulator.hub.inbox.purge('d1');
  });

  test('a module has inputs and outputs', async () => {
    const client = ModuleClient.fromConnectionString(emulator.moduleConnectionString('d1', 'm1'), Over);
    await client.open();
    const came = next(client, 'inputMessage');
    const heard = telemetry();
    await client.sendOutputEvent('alarms', reading());
    expect(await heard).toMatchObject({ body: '{"t":21}', system: { outputName: 'alarms' } });
    await expect.poll(() => emulator.hub.sessions.find('d1/m1', 'inputs')).toBeDefined();
    emulator.hub.inputs.send('d1/m1', 'in', { body: Buffer.from('x'), properties: {}, system: {} });
    expect(String((await came()).getData())).toBe('x');
    await client.close();
  });
});
