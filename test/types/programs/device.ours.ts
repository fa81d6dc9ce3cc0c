import {
  Client,
  clientFromConnectionString,
  type DeviceMethodRequest,
  type DeviceMethodResponse,
  ExponentialBackOffWithJitter,
  Message,
  ModuleClient,
  Mqtt,
  MqttWs,
  NoRetry,
  SharedAccessKeyAuthenticationProvider,
  type Twin,
  X509AuthenticationProvider,
} from 'iothub-emulator/device';

// One program, two imports: the text below is the same in both files, and both must compile.

export const report = async (connectionString: string): Promise<void> => {
  const client: Client = Client.fromConnectionString(connectionString, Mqtt);
  await client.setOptions({ ca: 'ca.pem', keepalive: 60, modelId: 'dtmi:a;1', productInfo: 'x' });
  client.setRetryPolicy(new ExponentialBackOffWithJitter(true));
  client.on('message', (message: Message) => {
    client.complete(message, (error) => console.log(error, message.properties.count()));
  });
  client.on('disconnect', () => client.setRetryPolicy(new NoRetry()));
  await client.open();
  const twin: Twin = await client.getTwin();
  twin.on('properties.desired', (delta: { interval?: number }) => {
    twin.properties.reported.update({ interval: delta.interval }, (error: Error) => console.log(error));
  });
  twin.on('properties.desired.interval', (interval: number) => console.log(interval));
  client.onDeviceMethod('reboot', (request: DeviceMethodRequest, response: DeviceMethodResponse) => {
    response.send(200, { got: request.payload }, (error) => console.log(error?.message));
  });
  const message = new Message(JSON.stringify({ temperature: 20 }));
  message.messageId = '1';
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('alert', 'true');
  await client.sendEvent(message);
  await client.close();
};

export const withCallbacks = (connectionString: string): void => {
  const client = clientFromConnectionString(connectionString);
  client.open((error, connected) => {
    if (error) return console.error(error.message, connected);
    client.getTwin((failure, twin) => console.log(failure?.name, twin?.properties.desired.$version));
    client.sendEvent(new Message(Buffer.from('x')), (failed, enqueued) => console.log(failed, enqueued));
    client.close(() => undefined);
  });
};

export const providers = (pem: string): unknown[] => [
  Client.fromAuthenticationProvider(
    X509AuthenticationProvider.fromX509Options('d', 'h', { cert: pem, key: pem }),
    Mqtt,
  ),
  Client.fromAuthenticationProvider(SharedAccessKeyAuthenticationProvider.fromConnectionString(pem, 100, 10), MqttWs),
  Client.fromSharedAccessSignature('SharedAccessSignature sr=h&sig=s&se=1', Mqtt),
  ModuleClient.fromConnectionString(pem, Mqtt).sendOutputEvent('out', new Message('x')),
];
