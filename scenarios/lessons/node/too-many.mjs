import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const asked = Array.from({ length: 40 }, () => registry.createQuery('SELECT deviceId FROM devices', 100).next());
// the first one that is refused; others wait in line
await Promise.all(asked).then(
  () => console.log('all were answered'),
  (error) => console.log('refused:', error.name, error.message),
);
process.exit();
