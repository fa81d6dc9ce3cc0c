import { story } from '../story.ts';

const MODEL = 'dtmi:com:example:TemperatureController;1';

/** https://learn.microsoft.com/azure/iot/tutorial-send-telemetry-iot-hub and …/howto-manage-digital-twin */
export default story('A device announces its model, and services read and command it by this model', async (stage) => {
  const { digitalTwins } = stage;
  const deviceId = await stage.createDevice();
  const device = await stage.device(deviceId);
  await device.setOptions({ modelId: MODEL });
  await device.open();
  const twin = await device.getTwin();
  device.onDeviceMethod('reboot', ({ payload }, response) => void response.send(200, { after: payload }));
  device.onDeviceMethod('thermostat1*getMaxMinReport', (_, response) => void response.send(202, 'soon'));
  const thermostat1 = { __t: 'c', maxTempSinceLastReboot: 38.2 };
  await stage.report(twin, { serialNumber: 'alwinexlepaho8329', thermostat1 }); // by now the hub has received its subscription

  const show = async () => Object(await digitalTwins.getDigitalTwin(deviceId));
  const seen = await show();
  stage.see('its model is known', [seen.$dtId, seen.$metadata.$model], [deviceId, MODEL]);
  stage.see('its properties are at the root', seen.serialNumber, 'alwinexlepaho8329');
  stage.see('and in components', seen.thermostat1.maxTempSinceLastReboot, 38.2);

  const patch = [{ op: 'add', path: '/thermostat1/targetTemperature', value: 21.5 }];
  await digitalTwins.updateDigitalTwin(deviceId, patch);
  const acknowledged = { __t: 'c', targetTemperature: { value: 21.5, ac: 200, av: 2, ad: 'done' } };
  await stage.report(twin, { thermostat1: acknowledged });
  const changed = await show();
  stage.see('the new value is applied', changed.thermostat1.targetTemperature, 21.5);
  const { desiredValue, ackVersion, ackCode, ackDescription } = changed.thermostat1.$metadata.targetTemperature;
  stage.see(
    'with the acknowledgement of the device',
    [desiredValue, ackVersion, ackCode, ackDescription],
    [21.5, 2, 200, 'done'],
  );

  const rebooted = await digitalTwins.invokeCommand(deviceId, 'reboot', 5);
  stage.see('it carries out a command', [rebooted?.xMsCommandStatuscode, rebooted?.body], [200, { after: 5 }]);
  const reported = await digitalTwins.invokeComponentCommand(deviceId, 'thermostat1', 'getMaxMinReport', 'today');
  stage.see('so does its component', [reported?.xMsCommandStatuscode, reported?.body], [202, 'soon']);
});
