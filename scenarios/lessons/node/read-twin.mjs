import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const { responseBody: twin } = await registry.getTwin('myDevice');
console.log(twin.properties.reported);
