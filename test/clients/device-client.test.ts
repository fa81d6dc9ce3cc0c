import { expect, test, vi } from 'vitest';
import { Client, ConnectionString, errors, Message, ModuleClient, results } from '../../clients/device/index.ts';
import { FakeTransport } from './fake-transport.ts';

const AT_ONCE = { shouldRetry: (error: Error) => error instanceof errors.NotConnectedError, nextRetryTimeout: () => 0 };

const connected = async () => {
  const transport = new FakeTransport();
  const client = new Client(transport);
  client.setRetryPolicy(AT_ONCE);
  await client.open();
  transport.calls.length = 0;
  return { transport, client };
};

test('the first message listener subscribes to messages, and removing the last one unsubscribes', async () => {
  const { transport, client } = await connected();
  const got: unknown[] = [];
  const listener = (message: Message) => got.push(message.getData());
  client.on('message', listener);
  transport.emit('message', new Message('hi'));
  client.removeListener('message', listener);
  await vi.waitFor(() => expect(transport.calls).toEqual(['enable c2d', 'disable c2d']), { timeout: 20_000 });
  expect(got).toEqual(['hi']);
});

test('a lost connection is restored, and the twin is fetched again', async () => {
  const { transport, client } = await connected();
  transport.twin = { desired: { rate: 1, $version: 1 }, reported: {} };
  const twin = await client.getTwin();
  transport.twin = { desired: { rate: 2, $version: 2 }, reported: {} };
  const caughtUp = new Promise((resolve) => twin.on('properties.desired.rate', (rate) => rate === 2 && resolve(rate)));
  transport.emit('disconnect', new errors.NotConnectedError('lost'));
  expect(await caughtUp).toBe(2);
  expect(transport.calls).toEqual(['getTwin', 'enable desired', 'connect', 'getTwin']);
});

test('a rejected reconnect is emitted as disconnect', async () => {
  const { transport, client } = await connected();
  transport.failures.push(new errors.UnauthorizedError('no more'));
  const told = new Promise((resolve) => client.on('disconnect', resolve));
  transport.emit('disconnect', new errors.NotConnectedError('lost'));
  const outcome = await told;
  expect(outcome).toBeInstanceOf(results.Disconnected);
  expect(outcome).toMatchObject({ reason: 'no more' });
});

test('an operation is retried on a new connection', async () => {
  const { transport, client } = await connected();
  transport.failures.push(new errors.NotConnectedError('lost'));
  expect(await client.sendEvent(new Message('x'))).toBeInstanceOf(results.MessageEnqueued);
  expect(transport.calls).toEqual(['sendEvent', 'sendEvent']);
});

test('options take effect before a connection, awaited or not', async () => {
  const transport = new FakeTransport();
  const client = new Client(transport);
  client.setOptions({ ca: 'PEM' }, () => undefined);
  await client.open();
  expect(transport.calls).toEqual(['setOptions {"ca":"PEM"}', 'connect']);
});

test('if the first connection fails, the error is returned at once', async () => {
  const transport = new FakeTransport();
  transport.failures.push(new errors.NotConnectedError('connect ECONNREFUSED'));
  const client = new Client(transport);
  await expect(client.open()).rejects.toThrow('connect ECONNREFUSED');
  expect(transport.calls).toEqual(['connect']);
});

test('a method call gets the response of its handler, once', async () => {
  const { transport, client } = await connected();
  client.onDeviceMethod('reboot', (request, response) => {
    response.send(200, { got: request.payload }).catch(() => undefined);
    expect(() => response.send(200, () => undefined)).toThrow('This response has already ended.');
  });
  expect(() => client.onDeviceMethod('reboot', () => undefined)).toThrow(
    'A handler for this method has already been registered with the client.',
  );
  const call = (body: string) => ({ requestId: '1', methodName: 'reboot', body: Buffer.from(body) });
  transport.emit('method', call('{"a":1}'));
  transport.emit('method', call('{'));
  expect(transport.responses[0]).toEqual({ status: 200, payload: { got: { a: 1 } } });
  expect(transport.responses[1]).toMatchObject({ status: 400 });
});

test('a module receives messages at its inputs', async () => {
  const transport = new FakeTransport();
  const client = new ModuleClient(transport);
  const got = new Promise((resolve) => client.on('inputMessage', (input, message) => resolve([input, message.data])));
  transport.emit('inputMessage', 'in1', new Message('x'));
  expect(await got).toEqual(['in1', 'x']);
  await vi.waitFor(() => expect(transport.calls).toEqual(['enable inputs']), { timeout: 20_000 });
});

// Texts of azure-iot-device 1.18.4, connection_string.js
test.each([
  ['DeviceId=d;SharedAccessKey=a', 'The connection string is missing the property: HostName'],
  ['HostName=h;SharedAccessKey=a', 'The connection string is missing the property: DeviceId'],
  [
    'HostName=h;DeviceId=d',
    'The connection string must contain either a SharedAccessKey, SharedAccessSignature or x509=true',
  ],
  [
    'HostName=h;DeviceId=d;SharedAccessKey=a;x509=true',
    'The connection string must contain either a SharedAccessKey or x509=true',
  ],
])('%s is rejected', (text, message) => {
  expect(() => ConnectionString.parse(text)).toThrow(new errors.ArgumentError(message));
});

test('the credentials follow from the connection string', async () => {
  const of = async (text: string) => {
    const client = Client.fromConnectionString(text, FakeTransport);
    // The fake exposes its provider, because the transport of a client is private.
    const { provider } = Reflect.get(client, 'transport') as FakeTransport;
    return provider?.getDeviceCredentials();
  };
  const token = 'SharedAccessSignature sr=h%2Fdevices%2Fd%2Fmodules%2Fm&sig=s&se=1';
  expect(await of('HostName=h;DeviceId=d;SharedAccessKey=YQ==')).toMatchObject({
    host: 'h',
    deviceId: 'd',
    sharedAccessSignature: expect.stringMatching(/^SharedAccessSignature sr=h%2Fdevices%2Fd&sig=[^&]+&se=\d{10}$/),
  });
  expect(await of(`HostName=h;DeviceId=d;SharedAccessSignature=${token}`)).toEqual({
    host: 'h',
    deviceId: 'd',
    moduleId: 'm',
    sharedAccessSignature: token,
  });
  expect(await of('HostName=h;DeviceId=d;x509=true')).toEqual({ host: 'h', deviceId: 'd' });
});
