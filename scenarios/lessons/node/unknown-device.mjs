import { createHmac } from 'node:crypto';

/** A token as the SDKs make it: https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-sas */
const sign = (resource, key, expiry, policy) => {
  const sr = encodeURIComponent(resource);
  const sig = createHmac('sha256', Buffer.from(key, 'base64')).update(`${sr}\n${expiry}`).digest('base64');
  const skn = policy === undefined ? '' : `&skn=${policy}`;
  return `SharedAccessSignature sr=${sr}&sig=${encodeURIComponent(sig)}&se=${expiry}${skn}`;
};

const [, hostName, key] = /HostName=([^;]+).*SharedAccessKey=(.+)$/.exec(process.env.IOTHUB_CONNECTION_STRING);
const path = '/devices/noSuchDevice/messages/events?api-version=2021-04-12';
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const authorization = sign(hostName, key, inAnHour, 'iothubowner');
const { status } = await fetch(`https://${hostName}${path}`, {
  method: 'POST',
  headers: { authorization },
  body: '{}',
});
console.log('the hub answered', status);
