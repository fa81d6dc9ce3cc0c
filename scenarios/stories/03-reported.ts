import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins */
export default story('A device reports properties, and a service reads and queries them', async (stage) => {
  const { registry } = stage;
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  const ssid = stage.invent('net');
  await stage.report(twin, { connectivity: { type: 'cellular', ssid }, battery: 1 });
  await stage.report(twin, { connectivity: { type: 'wifi' }, battery: null });

  const { responseBody: seen } = await registry.getTwin(deviceId);
  const { $metadata, $version, ...reported } = seen.properties.reported;
  stage.see('the reports were merged', reported, { connectivity: { type: 'wifi', ssid } });
  stage.see('the version counts both', $version, 3);
  const dated = Object.keys(Object($metadata)).sort();
  stage.see('each part has a timestamp', dated, ['$lastUpdated', 'connectivity']);

  const query = `SELECT * FROM devices WHERE properties.reported.connectivity.ssid = '${ssid}'`;
  stage.see('a query finds it', await stage.find(query, (found) => found.length === 1), [deviceId]);
});
