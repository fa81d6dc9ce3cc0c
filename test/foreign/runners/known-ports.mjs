import { IotHubEmulatorContainer } from 'iothub-emulator-testcontainers';

const container = await new IotHubEmulatorContainer('iothub-emulator:latest').withKnownPorts().start();
await container.stop();
