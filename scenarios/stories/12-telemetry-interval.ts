import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/quickstart-control-device */
export default story('A back end sets the telemetry interval of a device', async (stage) => {
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  let seconds = 1;
  // the first operation that needs a connection opens it
  device.onDeviceMethod('SetTelemetryInterval', ({ payload }, response) => {
    const isNumber = typeof payload === 'number';
    if (isNumber) seconds = payload;
    void (isNumber
      ? response.send(200, `Telemetry interval set: ${payload}`)
      : response.send(400, `Invalid direct method parameter: ${payload}`));
  });
  const message = stage.message('{"temperature":31,"humidity":66}');
  message.messageId = stage.invent('reading');
  message.properties.add('temperatureAlert', 'true');
  stage.see('the device sends a message', (await device.sendEvent(message)).constructor.name, 'MessageEnqueued');
  const received = stage.received(message.messageId);
  if (received)
    stage.see('the message has a property for routing', { ...received.properties }, { temperatureAlert: 'true' });

  const set = async (payload: unknown) => {
    const call = { methodName: 'SetTelemetryInterval', payload, responseTimeoutInSeconds: 30 };
    return (await stage.reached(() => stage.service.invokeDeviceMethod(deviceId, call))).result;
  };
  stage.see('it confirms the new interval', await set(10), { status: 200, payload: 'Telemetry interval set: 10' });
  stage.see('it uses the new interval', seconds, 10);
  const refused = { status: 400, payload: 'Invalid direct method parameter: often' };
  stage.see('the service receives the error of the device', await set('often'), refused);
});
