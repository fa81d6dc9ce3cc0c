// Uses Microsoft's packages only, and knows nothing but a connection string.
const { Registry } = require('azure-iothub');
const { Client } = require('azure-iot-device');
const transports = require('azure-iot-device-mqtt');

const [transport, deviceId, name, value] = process.argv.slice(2);

const main = async () => {
  const service = process.env.IOTHUB_CONNECTION_STRING;
  const registry = Registry.fromConnectionString(service);
  const { responseBody: device } = await registry.create({ deviceId });
  const [, host] = /HostName=([^;]+)/.exec(service);
  const key = device.authentication.symmetricKey.primaryKey;
  const client = Client.fromConnectionString(
    `HostName=${host};DeviceId=${deviceId};SharedAccessKey=${key}`,
    transports[transport],
  );
  await client.open();
  const twin = await client.getTwin();
  const desired = new Promise((done) => twin.on('properties.desired.order', done));
  await new Promise((done, failed) =>
    twin.properties.reported.update({ [name]: value }, (error) => (error ? failed(error) : done())),
  );
  await registry.updateTwin(deviceId, { properties: { desired: { order: `of ${value}` } } }, '*');
  const heard = await desired;
  const { responseBody: seen } = await registry.getTwin(deviceId);
  await client.close();
  console.log(JSON.stringify({ reported: seen.properties.reported[name], heard }));
  process.exit(0);
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
