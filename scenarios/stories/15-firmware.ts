import { Heard } from '../heard.ts';
import { story } from '../story.ts';

const STATES = ['current', 'applying', 'rebooting', 'error', 'rolledback'];

/** https://learn.microsoft.com/azure/iot-hub/tutorial-firmware-update */
export default story(
  'A configuration brings new firmware to all chillers, and its metrics tell how far it is',
  async (stage) => {
    const { registry } = stage;
    const [id, devicetype] = [stage.invent('firmware285'), stage.invent('chiller')];
    const [chiller, other] = [await stage.createDevice(), await stage.createDevice()];
    await registry.updateTwin(chiller, { tags: { devicetype } }, '*');
    const device = await stage.device(chiller);
    await device.open();
    const twin = await device.getTwin();
    const firmware = new Heard<unknown>();
    twin.on('properties.desired.firmware', firmware.listener);
    await stage.report(twin, { firmware: { currentFwVersion: '1.0.0', fwUpdateStatus: 'current' } });

    const wanted = { fwVersion: '1.0.1', fwPackageURI: 'https://secureuri/package.bin', fwPackageCheckValue: '1234' };
    const applied = `configurations.[[${id}]].status='Applied'`;
    const query = (state: string) =>
      `SELECT deviceId FROM devices WHERE ${applied} AND properties.reported.firmware.fwUpdateStatus='${state}'`;
    await stage.configure({
      id,
      schemaVersion: '1.0',
      content: { deviceContent: { 'properties.desired.firmware': wanted } },
      targetCondition: `tags.devicetype = '${devicetype}'`,
      priority: 20,
      metrics: { queries: Object.fromEntries(STATES.map((state) => [state, query(state)])) },
    });
    stage.see('the chiller hears of it', await firmware.next(), wanted);
    const metrics = async () => {
      const { responseBody: configuration } = await registry.getConfiguration(id);
      return { ...configuration.systemMetrics?.results, ...configuration.metrics?.results };
    };
    const counts = (state: string) => Object.fromEntries(STATES.map((name) => [name, name === state ? 1 : 0]));
    for (const state of ['applying', 'rebooting', 'current']) {
      await stage.report(twin, { firmware: { fwUpdateStatus: state } });
      const seen = await stage.until(metrics, (results) => results[state] === 1);
      stage.see(`the metrics say: ${state}`, seen, { targetedCount: 1, appliedCount: 1, ...counts(state) });
    }
    const { responseBody: untouched } = await registry.getTwin(other);
    stage.see('another device has nothing of it', untouched.properties.desired.firmware, undefined);
  },
);
