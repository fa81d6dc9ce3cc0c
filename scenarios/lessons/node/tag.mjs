import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
await registry.updateTwin('myDevice', { tags: { location: { plant: 'Redmond43' } } }, '*');
