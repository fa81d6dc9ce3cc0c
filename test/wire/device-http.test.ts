import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { type Emulator, startEmulator } from 'iothub-emulator';
import {
  Client,
  Http,
  type HttpReceiverOptions,
  Message,
  ModuleClient,
  SharedAccessKeyAuthenticationProvider,
} from 'iothub-emulator/device';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { selfSigned } from '../support/wire/device-certificates.ts';

// azure-iot-device-http 1.14.4, http.js, unless another source is cited

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ trust: 'process', devices: ['d1'] });
  emulator.hub.registry.create({ deviceId: 'd1', moduleId: 'm1' }, {});
});
afterAll(() => emulator.close());
beforeEach(() => void emulator.hub.inbox.purge('d1'));

const transport = (): Http =>
  new Http(SharedAccessKeyAuthenticationProvider.fromConnectionString(emulator.deviceConnectionString('d1')));
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );
const queue = (body: string, properties = {}, system = {}): void =>
  void emulator.hub.inbox.send({
    body: Buffer.from(body),
    properties,
    system: { ...system, to: '/devices/d1/messages/deviceBound' },
  });

/** The messages that one call of `receive` fetches. */
const fetched = async (policy: HttpReceiverOptions): Promise<Message[]> => {
  const http = transport();
  const client = new Client(http);
  const messages: Message[] = [];
  await client.setOptions({ http: { receivePolicy: policy } });
  client.on('message', (message) => messages.push(message));
  await client.open();
  await http.receive();
  await client.close();
  return messages;
};

test('with manualPolling a device receives when it asks: one message, or with drain all', async () => {
  for (const body of ['1', '2', '3']) queue(body);
  const bodies = async (policy: HttpReceiverOptions) => (await fetched(policy)).map(({ data }) => String(data));
  expect(await bodies({ manualPolling: true })).toEqual(['1']);
  expect(await bodies({ manualPolling: true, drain: true })).toEqual(['2', '3']);
});

test('with at a device receives once, at that time', async () => {
  queue('late');
  const client = new Client(transport());
  await client.setOptions({ http: { receivePolicy: { at: new Date(0) } } });
  const [message] = await once(client, 'message');
  expect(String(message.data)).toBe('late');
  await client.close();
});

test('a received message has its properties, named as the headers', async () => {
  queue('hi', { floor: '3' }, { messageId: 'm1', correlationId: 'c1', contentType: 'text/plain' });
  const [message] = await fetched({ manualPolling: true });
  expect(message).toMatchObject({ messageId: 'm1', correlationId: 'c1', contentType: 'text/plain' });
  expect(message?.properties.propertyList).toEqual([{ key: 'iothub-app-floor', value: '3' }]);
});

test('a message whose lock is gone cannot be settled', async () => {
  const message = Object.assign(new Message(''), { lockToken: '00000000-0000-4000-8000-000000000000' });
  expect(await failure(transport().complete(message))).toMatch(
    /^DeviceMessageLockLostError: Could not settle message: /,
  );
});

test('a batch keeps the properties and bytes of each message', async () => {
  const first = Object.assign(new Message(Buffer.from([0, 255])), { messageId: 'm1' });
  first.properties.add('name', 'é');
  const heard: object[] = [];
  const stop = emulator.hub.events.listen((event) => {
    if (event.type !== 'telemetry') return;
    const { body, properties, system } = event.message;
    heard.push({ body: [...body], properties: { ...properties }, messageId: system.messageId });
  });
  await transport().sendEventBatch([first, new Message('a')]);
  stop();
  expect(heard).toEqual([
    { body: [0, 255], properties: { name: 'é' }, messageId: 'm1' },
    { body: [97], properties: {}, messageId: undefined },
  ]);
});

test('what a header cannot have is refused before it is sent', async () => {
  const message = new Message('');
  message.properties.add('name', 'é');
  expect(await failure(transport().sendEvent(message))).toMatch(/^ArgumentError: The HTTP header 'iothub-app-name'/);
});

test('a policy that is not valid is refused', async () => {
  const outcome = (receivePolicy: object) => failure(transport().setOptions({ http: { receivePolicy } }));
  const both = 'ArgumentError: Only one of the (interval|at|cron) fields should be set.';
  expect(await outcome({ interval: 1, at: new Date() })).toBe(both);
  expect(await outcome({ cron: '* * * * *', manualPolling: true })).toBe(both);
  expect(await outcome({ interval: '1' })).toBe("ArgumentError: The 'interval' parameter must be a number");
  expect(await outcome({ interval: -1 })).toMatch(/^ArgumentError: the 'interval' parameter must be strictly greater/);
  expect(await outcome({ at: 'noon' })).toBe("ArgumentError: The 'at' parameter must be a Date");
  expect(await outcome({ cron: '* * * * *' })).toMatch(/^NotImplementedError/);
});

test('there is neither a twin nor a method, nor anything of modules', async () => {
  const twin = 'NotImplementedError: Twin is not implemented over HTTP.';
  const methods = 'NotImplementedError: Direct methods are not implemented over HTTP.';
  const http = transport();
  expect(await failure(new Client(http).getTwin())).toBe(twin);
  expect(await failure(http.updateReported())).toBe(twin);
  expect(await failure(http.enable('desired'))).toBe(twin);
  expect(await failure(http.enable('methods'))).toBe(methods);
  expect(await failure(http.sendMethodResponse())).toBe(methods);
  expect(await failure(http.enable('inputs'))).toBe(
    'NotImplementedError: Input messages are not implemented over HTTP.',
  );
  const module = ModuleClient.fromConnectionString(emulator.moduleConnectionString('d1', 'm1'), Http);
  const outputs = 'NotImplementedError: Output events are not implemented over HTTP.';
  expect(await failure(module.sendOutputEvent('out', new Message('')))).toBe(outputs);
});

test('a hub that cannot be reached is a NotConnectedError', async () => {
  const client = Client.fromConnectionString('HostName=127.0.0.1:1;DeviceId=d1;SharedAccessKey=a2V5', Http);
  expect(await failure(client.sendEvent(new Message('')))).toMatch(/^NotConnectedError: Could not send message: /);
});

test('a device with a certificate needs no token, and its key may be encrypted', async () => {
  const { cert, key, thumbprint } = await selfSigned('by-thumbprint');
  const authentication = { type: 'selfSigned', x509Thumbprint: { primaryThumbprint: thumbprint } } as const;
  emulator.hub.registry.create({ deviceId: 'by-thumbprint' }, { authentication });
  const encrypted = createPrivateKey(key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'secret',
  });
  const hostName = /HostName=[^;]+/.exec(emulator.deviceConnectionString('d1'))?.[0];
  const client = Client.fromConnectionString(`${hostName};DeviceId=by-thumbprint;x509=true`, Http);
  await client.setOptions({ cert, key: encrypted, passphrase: 'secret' });
  expect(await failure(client.sendEvent(new Message('hi')))).toBe('no error');
  await client.close();
});
