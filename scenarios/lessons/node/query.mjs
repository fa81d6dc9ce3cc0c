import iothub from 'azure-iothub';

const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const query = registry.createQuery("SELECT * FROM devices WHERE tags.location.plant = 'Redmond43'", 100);
const { result: twins } = await query.nextAsTwin();
console.log(twins.map(({ deviceId }) => deviceId));
