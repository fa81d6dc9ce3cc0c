import { Registry } from 'iothub-emulator/service';
import { IotHubEmulatorContainer } from 'iothub-emulator-testcontainers';

const container = await new IotHubEmulatorContainer('iothub-emulator:latest')
  .withDevice('oven')
  .withSeed('devices: [{ id: gateway, modules: [{ id: filter }] }]')
  .withClock('virtual')
  .withAdminToken('open sesame')
  .start();
const registry = Registry.fromConnectionString(container.getConnectionString(), { ca: container.getCaCertificate() });
const { responseBody: devices } = await registry.list();
await container.ask('POST', '/seed?seal=no', { devices: ['lamp'] });
await container.reset();
console.log(
  JSON.stringify({
    service: container.getConnectionString(),
    device: await container.getDeviceConnectionString('oven'),
    module: await container.getModuleConnectionString('gateway', 'filter'),
    unknown: await container.getDeviceConnectionString('lamp').catch(({ message }) => message),
    devices: devices.map(({ deviceId }) => deviceId),
    clock: await container.ask('GET', '/clock'),
    port: container.getMappedPort(443),
    admin: [container.getAdminUrl(), container.getAdminToken()],
  }),
);
await container.stop();
