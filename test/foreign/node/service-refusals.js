// The errors of azure-iothub. Arguments: a device that exists, is connected and does not answer `sleep` but answers
// `babble` with invalid JSON; then ids of devices for which the hub raises errors.

import iothub from 'azure-iothub';

const { Client, DigitalTwinClient, IoTHubTokenCredentials, Registry } = iothub;
const [id, ...troubles] = process.argv.slice(2);
const service = process.env.IOTHUB_CONNECTION_STRING;
const registry = Registry.fromConnectionString(service);
const client = Client.fromConnectionString(service);
const unknown = Registry.fromConnectionString(
  service.replace(/SharedAccessKey=.*/, 'SharedAccessKey=bm90IHRoZSBrZXk='),
);

const call = (deviceId, methodName) =>
  client.invokeDeviceMethod(deviceId, { methodName, responseTimeoutInSeconds: 5, connectTimeoutInSeconds: 5 });
const nameOf = (asked) =>
  asked.then(
    () => 'nothing',
    (error) => {
      const { name, message, constructor: type, statusCode } = error;
      if (type.name === 'RestError') return `RestError ${statusCode}`; // the only error of DigitalTwinClient
      return name === 'Error' ? message : name;
    },
  );

const asked = {
  argument: registry.updateTwin(id, { tags: { 'with.dot': 1 } }, '*'),
  key: unknown.getRegistryStatistics(),
  absent: registry.get(`${id}-nobody`),
  exists: registry.create({ deviceId: id }),
  etag: registry.updateTwin(id, { tags: { a: 1 } }, 'c3RhbGU='),
  silent: call(id, 'sleep'),
  babbling: call(id, 'babble'),
  digitalTwin: new DigitalTwinClient(new IoTHubTokenCredentials(service)).getDigitalTwin(`${id}-nobody`),
  ...Object.fromEntries(troubles.map((name) => [name, registry.get(name)])),
};
const told = Object.entries(asked).map(async ([name, one]) => [name, await nameOf(one)]);
console.log(JSON.stringify(Object.fromEntries(await Promise.all(told))));
