import { createHmac } from 'node:crypto';
import device from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

/** A token as the SDKs make it: https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas */
const sign = (resource, key, expiry, policy) => {
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${expiry}`).digest('base64');
  const skn = policy === undefined ? '' : `&skn=${policy}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiry}${skn}`;
};

const [, hostName, key] = /HostName=([^;]+).*SharedAccessKey=(.+)$/.exec(process.env.IOTHUB_DEVICE_CONNECTION_STRING);
const anHourAgo = Math.floor(Date.now() / 1000) - 3600;
const token = sign(`${hostName}/devices/myDevice`, key, anHourAgo);
const client = device.Client.fromSharedAccessSignature(token, mqtt.Mqtt);
await client.open().then(
  () => console.log('connected'),
  (error) => console.log('refused:', error.message),
);
process.exit();
