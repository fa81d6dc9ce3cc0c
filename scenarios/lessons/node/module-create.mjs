import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
await registry.addModule({ deviceId: 'myDevice', moduleId: 'myModule' });
