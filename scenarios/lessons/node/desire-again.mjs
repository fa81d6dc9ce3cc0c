import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const desired = { telemetryConfig: { sendFrequency: '24h' } };
await registry.updateTwin('myDevice', { properties: { desired } }, '*');
