import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/quickstart-control-device */
export default story('A back end sets how often a device sends', async (stage) => {
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  let seconds = 1;
  // the connection is made by the first thing that needs one
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
  stage.see('it sends', (await device.sendEvent(message)).constructor.name, 'MessageEnqueued');
  const arrived = stage.arrival(message.messageId);
  if (arrived) stage.see('with a property to route by', { ...arrived.application }, { temperatureAlert: 'true' });

  const set = async (payload: unknown) => {
    const call = { methodName: 'SetTelemetryInterval', payload, responseTimeoutInSeconds: 30 };
    return (await stage.reached(() => stage.service.invokeDeviceMethod(deviceId, call))).result;
  };
  stage.see('it says that it will', await set(10), { status: 200, payload: 'Telemetry interval set: 10' });
  stage.see('it does', seconds, 10);
  const refused = { status: 400, payload: 'Invalid direct method parameter: often' };
  stage.see('its own refusals come through', await set('often'), refused);
});
