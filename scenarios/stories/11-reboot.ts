import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/device-management-node */
export default story('A service reboots a device, and the device reports when', async (stage) => {
  const { registry, service } = stage;
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  await device.open();
  const lastReboot = new Date().toISOString();
  device.onDeviceMethod('reboot', (_request, response) => {
    void response.send(200, 'Reboot started');
    void device.getTwin().then((twin) => stage.report(twin, { iothubDM: { reboot: { lastReboot } } }));
  });
  await device.sendEvent(stage.message('waiting')); // by now the hub has received its subscription

  const call = { methodName: 'reboot', payload: null, timeoutInSeconds: 30 };
  const { result } = await stage.reached(() => service.invokeDeviceMethod(deviceId, call));
  stage.see('the device responds that it starts', result, { status: 200, payload: 'Reboot started' });
  const look = async () => (await registry.getTwin(deviceId)).responseBody.properties.reported.iothubDM;
  const reported = await stage.until(look, (seen) => seen !== undefined);
  stage.see('it reports the time', reported, { reboot: { lastReboot } });

  await device.close();
  const gone = async () => stage.failure(service.invokeDeviceMethod(deviceId, call));
  const failure = await stage.until(gone, (name) => name !== 'no error');
  stage.see('it cannot be called while it is disconnected', failure, 'Error');
});
