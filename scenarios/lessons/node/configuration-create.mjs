import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const firmware = { fwVersion: '1.0.1', fwPackageURI: 'https://example.com/firmware-1.0.1' };
await registry.addConfiguration({
  id: 'firmware285',
  content: { deviceContent: { 'properties.desired.firmware': firmware } },
  targetCondition: "tags.devicetype = 'chiller'",
  priority: 20,
  metrics: {
    queries: { current: "SELECT deviceId FROM devices WHERE properties.reported.firmware.fwUpdateStatus = 'current'" },
  },
});
