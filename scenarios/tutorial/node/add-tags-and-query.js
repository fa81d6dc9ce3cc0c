// The service app: counts the devices, tags one of them, and queries where devices are and how they are connected.
// It needs only a connection string of the hub: the emulator's or a real one's.

import iothub from 'azure-iothub';

const connectionString = process.env.IOTHUB_CONNECTION_STRING;
const deviceString = process.env.IOTHUB_DEVICE_CONNECTION_STRING ?? '';
const deviceId = process.argv[2] ?? /DeviceId=([^;]+)/.exec(deviceString)?.[1] ?? 'myDeviceId';

const query = async (registry, text) => {
  const query = registry.createQuery(text, 100);
  const found = [];
  while (query.hasMoreResults) {
    const { result } = await query.nextAsTwin();
    found.push(...result.map((twin) => twin.deviceId));
  }
  return found.join(', ');
};

const main = async () => {
  if (!connectionString) throw new Error('IOTHUB_CONNECTION_STRING is not set');
  const registry = iothub.Registry.fromConnectionString(connectionString);

  const { responseBody: statistics } = await registry.getRegistryStatistics();
  console.log(`Total device count: ${statistics.totalDeviceCount}`);
  console.log(`Enabled device count: ${statistics.enabledDeviceCount}`);
  console.log(`Disabled device count: ${statistics.disabledDeviceCount}`);

  const { responseBody: devices } = await registry.list();
  console.log(`Devices: ${devices.map((device) => device.deviceId).join(', ')}`);

  const { responseBody: twin } = await registry.getTwin(deviceId);
  await twin.update({ tags: { location: { region: 'US', plant: 'Redmond43' } } });
  console.log(`${deviceId} twin updated successfully`);

  const inPlant = "SELECT * FROM devices WHERE tags.location.plant = 'Redmond43'";
  console.log(`Devices in Redmond43: ${await query(registry, inPlant)}`);

  const onCellular = `${inPlant} AND properties.reported.connectivity.type = 'cellular'`;
  console.log(`Devices in Redmond43 using cellular network: ${await query(registry, onCellular)}`);
};

main().catch((error) => {
  console.error(`Could not finish: ${error.message}`);
  process.exitCode = 1;
});
