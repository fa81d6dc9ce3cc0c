import iothub from 'azure-iothub';

const client = iothub.Client.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const { result } = await client.invokeDeviceMethod('myDevice', { methodName: 'reboot', responseTimeoutInSeconds: 15 });
console.log(result);
