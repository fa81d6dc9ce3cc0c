import { IotHubEmulatorContainer } from 'iothub-emulator-testcontainers';

const container = await new IotHubEmulatorContainer('iothub-emulator:latest')
  .withDevice('oven')
  .withSeed({ devices: [{ id: 'sensor-{i}', count: 10 }] })
  .start();
container.getConnectionString();
await container.getDeviceConnectionString('oven');
container.getCaCertificate();
await container.stop();
