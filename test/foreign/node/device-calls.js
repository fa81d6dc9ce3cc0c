// Every call of azure-iot-device over MQTT, with its result. Arguments: tcp or ws. The environment has the strings of
// a device, of its module, and of a device whose certificate and key are in files.

import { readFileSync } from 'node:fs';
import common from 'azure-iot-common';
import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const { Client, ConnectionString, Message, ModuleClient, SharedAccessSignature } = device;
const { SharedAccessKeyAuthenticationProvider, SharedAccessSignatureAuthenticationProvider } = device;
const Transport = process.argv[2] === 'ws' ? mqtt.MqttWs : mqtt.Mqtt;
const { IOTHUB_DEVICE_CONNECTION_STRING: deviceString, IotHubConnectionString: moduleString } = process.env;
const { HostName, DeviceId, SharedAccessKey } = ConnectionString.parse(deviceString);
const { ModuleId, SharedAccessKey: moduleKey } = ConnectionString.parse(moduleString);
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const service = iothub.Client.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const report = {};

/** The name of the class of a result, or the name of the error. */
const told = (asked) => asked.then((result) => result.constructor.name, nameOf);
const nameOf = ({ name }) => name;
const reported = (twin, patch) =>
  new Promise((done, failed) => {
    twin.properties.reported.update(patch, (error) => (error ? failed(error) : done('reported')));
  });
const inAnHour = () => Math.ceil(Date.now() / 1000) + 3600;
const tokenOf = (resource, key) => SharedAccessSignature.create(HostName, resource, key, inAnHour()).toString();

/** Opens a client, does some work, and closes it in any case. */
const during = async (client, work) => {
  await client.open();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
};

const message = (text) => {
  const made = new Message(text);
  made.messageId = `${DeviceId}/1`;
  made.contentType = 'application/json';
  made.properties.add('place', 'hall = 7');
  made.setAsSecurityMessage();
  return made;
};

const messages = async () => {
  const client = Client.fromConnectionString(deviceString, Transport);
  await client.setOptions({ productInfo: 'kit 1', modelId: 'dtmi:com:example:Kit;1', keepalive: 60 });
  client.setRetryPolicy(new common.ExponentialBackOffWithJitter());
  report.options = await told(client.setTransportOptions({ interval: 1 }));
  const hear = () => {};
  const first = message('{"reading":21.5}');
  report.data = [first.getData(), first.getBytes().length, Message.isBufferConvertible(first.getData())];
  report.messages = await during(client, async () => {
    client.on('message', hear);
    const answers = [
      await told(client.sendEvent(first)),
      await told(client.sendEventBatch([message('1')])),
      await told(client.complete(message('1'))),
      await told(client.reject(message('1'))),
      await told(client.abandon(message('1'))),
    ];
    client.removeListener('message', hear);
    return answers;
  });
};

const twins = () =>
  during(mqtt.clientFromConnectionString(deviceString), async (client) => {
    const twin = await client.getTwin();
    twin.setRetryPolicy(new common.ExponentialBackOffWithJitter());
    const heard = new Promise((done) => {
      twin.on('properties.desired.rate', done);
    });
    await reported(twin, { seen: true });
    await registry.updateTwin(DeviceId, { properties: { desired: { rate: 5 } } }, '*');
    report.heard = await heard;
    await twin.get();
    report.twin = [twin.properties.desired.rate, twin.properties.reported.seen];
  });

const methods = () =>
  during(Client.fromConnectionString(deviceString, Transport), async (client) => {
    client.onDeviceMethod('wave', (request, response) => response.send(207, { to: request.payload }));
    await reported(await client.getTwin(), { waves: true }); // by now, the hub has processed the subscription
    const call = { methodName: 'wave', payload: 'all', responseTimeoutInSeconds: 15, connectTimeoutInSeconds: 5 };
    report.method = (await service.invokeDeviceMethod(DeviceId, call)).result;
  });

const credentials = async () => {
  const token = tokenOf(DeviceId, SharedAccessKey);
  const expected = SharedAccessSignature.parse(token).sr === encodeURIComponent(`${HostName}/devices/${DeviceId}`);
  const clients = {
    token: Client.fromSharedAccessSignature(token, Transport),
    tokenProvider: Client.fromAuthenticationProvider(
      SharedAccessSignatureAuthenticationProvider.fromSharedAccessSignature(token),
      Transport,
    ),
    keyProvider: Client.fromAuthenticationProvider(
      SharedAccessKeyAuthenticationProvider.fromConnectionString(deviceString, 600, 60),
      Transport,
    ),
    made: Client.fromConnectionString(
      ConnectionString.createWithSharedAccessKey(HostName, DeviceId, SharedAccessKey),
      Transport,
    ),
  };
  report.credentials = { expected };
  for (const [name, client] of Object.entries(clients))
    report.credentials[name] = await during(client, async () => told(client.sendEvent(message('{}'))));
  // a new token needs a new connection
  report.renewed = await during(Client.fromSharedAccessSignature(token, Transport), async (client) => {
    const renewed = new Promise((done, failed) => {
      client.updateSharedAccessSignature(tokenOf(DeviceId, SharedAccessKey), (error, result) =>
        error ? failed(error) : done(result),
      );
    });
    return [await told(renewed), await told(client.sendEvent(message('{}')))];
  });
  await during(Client.fromConnectionString(deviceString, Transport), async (client) => {
    await client.setOptions({ tokenRenewal: { tokenValidTimeInSeconds: 600, tokenRenewalMarginInSeconds: 60 } });
    report.shortLived = await told(client.sendEvent(message('{}')));
  });
};

const certificates = async () => {
  const id = process.env.X509_DEVICE_ID;
  const [cert, key] = [process.env.X509_CERTIFICATE, process.env.X509_KEY].map((file) => readFileSync(file, 'utf8'));
  const given = Client.fromConnectionString(ConnectionString.createWithX509Certificate(HostName, id), Transport);
  await given.setOptions({ cert, key });
  const provider = device.X509AuthenticationProvider.fromX509Options(id, HostName, { cert, key });
  const provided = Client.fromAuthenticationProvider(provider, Transport);
  report.certificates = [];
  for (const client of [given, provided])
    report.certificates.push(await during(client, async () => told(client.sendEvent(message('{}')))));
};

const modules = async () => {
  const token = tokenOf(`${DeviceId}/modules/${ModuleId}`, moduleKey);
  const provider = SharedAccessKeyAuthenticationProvider.fromConnectionString(moduleString);
  const clients = {
    environment: await ModuleClient.fromEnvironment(Transport),
    string: ModuleClient.fromConnectionString(moduleString, Transport),
    token: ModuleClient.fromSharedAccessSignature(token, Transport),
    provider: ModuleClient.fromAuthenticationProvider(provider, Transport),
  };
  report.modules = {};
  for (const [name, client] of Object.entries(clients))
    report.modules[name] = await during(client, async () => told(client.sendOutputEvent('door', message('{}'))));
  const client = ModuleClient.fromConnectionString(moduleString, Transport);
  await client.setOptions({ productInfo: 'kit 1' });
  await during(client, async () => {
    report.batch = await told(client.sendOutputEventBatch('door', [message('1')]));
    const hear = () => {};
    client.on('inputMessage', hear);
    client.onMethod('open', (request, response) => response.send(200, request.payload));
    await reported(await client.getTwin(), { seen: true });
    const call = { methodName: 'open', payload: 'valve', responseTimeoutInSeconds: 15, connectTimeoutInSeconds: 5 };
    report.moduleMethod = (await service.invokeDeviceMethod(DeviceId, ModuleId, call)).result;
    client.removeListener('inputMessage', hear);
  });
};

for (const story of [messages, twins, methods, credentials, certificates, modules]) await story();
report.agent = await new Promise((done) => device.getUserAgentString('kit 1', done));
console.log(JSON.stringify(report));
