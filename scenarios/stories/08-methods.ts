import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-direct-methods */
export default story('A service calls a method of a device', async (stage) => {
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  await device.open();
  const twin = await device.getTwin();
  device.onDeviceMethod('reboot', ({ payload }, response) => {
    void response.send(202, { answer: payload });
  });
  await stage.report(twin, { ready: true }); // by now the hub has received its subscription

  const call = { methodName: 'reboot', payload: { delay: 3 }, responseTimeoutInSeconds: 20 };
  const { result } = await stage.service.invokeDeviceMethod(deviceId, call);
  stage.see('the device responds', result, { status: 202, payload: { answer: { delay: 3 } } });
});
