import iothub from 'azure-iothub';

/** Adds the device's connection string to the environment; creates the device if the hub does not have it. */
export const deviceOn = async (environment: NodeJS.ProcessEnv, deviceId: string): Promise<NodeJS.ProcessEnv> => {
  const { IOTHUB_CONNECTION_STRING: service = '', IOTHUB_DEVICE_CONNECTION_STRING: given } = environment;
  if (given !== undefined) return environment;
  const registry = iothub.Registry.fromConnectionString(service);
  const { responseBody: device } = await registry
    .get(deviceId)
    .catch((error: Error) =>
      error.name === 'DeviceNotFoundError' ? registry.create({ deviceId }) : Promise.reject(error),
    );
  const hostName = /HostName=([^;]+)/i.exec(service)?.[1] ?? '';
  const key = device.authentication?.symmetricKey?.primaryKey ?? '';
  return {
    ...environment,
    IOTHUB_DEVICE_CONNECTION_STRING: `HostName=${hostName};DeviceId=${deviceId};SharedAccessKey=${key}`,
  };
};
