import { Received } from '../received.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-firmware-update */
export default story(
  'A configuration updates the firmware of all chillers, and its metrics show the progress',
  async (stage) => {
    const { registry } = stage;
    const [id, devicetype] = [stage.invent('firmware285'), stage.invent('chiller')];
    const [chiller, other] = [await stage.createDevice(), await stage.createDevice()];
    await registry.updateTwin(chiller, { tags: { devicetype } }, '*');
    const device = await stage.device(chiller);
    await device.open();
    const twin = await device.getTwin();
    const report = (firmware: object) => stage.report(twin, { firmware });
    const firmware = new Received<unknown>();
    twin.on('properties.desired.firmware', firmware.listener);
    await report({ currentFwVersion: '2.8.4', pendingFwVersion: '', fwUpdateStatus: 'current', fwUpdateSubstatus: '' });

    const wanted = { fwVersion: '2.8.5', fwPackageURI: 'https://secureuri/package.bin', fwPackageCheckValue: '12ab' };
    const is = (...states: string[]) =>
      states.map((state) => `properties.reported.firmware.fwUpdateStatus='${state}'`).join(' OR ');
    const query = (condition: string) =>
      `SELECT deviceId FROM devices WHERE configurations.[[${id}]].status='Applied' AND ${condition}`;
    const queries = {
      current: query(is('current')),
      applying: query(`( ${is('downloading', 'verifying', 'applying')})`),
      rebooting: query(is('rebooting')),
      error: query(is('error')),
      rolledback: query(is('rolledback')),
    };
    await stage.configure({
      id,
      content: { deviceContent: { 'properties.desired.firmware': wanted } },
      metrics: { queries },
      targetCondition: `tags.devicetype = '${devicetype}'`,
      priority: 20,
    });
    stage.see('the chiller receives the setting', await firmware.next(), wanted);
    const metrics = async () => {
      const { responseBody: configuration } = await registry.getConfiguration(id);
      return { ...configuration.systemMetrics?.results, ...configuration.metrics?.results };
    };
    const none = { current: 0, applying: 0, rebooting: 0, error: 0, rolledback: 0 };
    const step = async (status: string, metric: keyof typeof none, more: object = {}) => {
      await report({ fwUpdateStatus: status, fwUpdateSubstatus: `${status} …`, ...more });
      const seen = await stage.until(metrics, (results) => results[metric] === 1);
      stage.see(`${status} counts as ${metric}`, seen, { targetedCount: 1, appliedCount: 1, ...none, [metric]: 1 });
    };
    await step('current', 'current', { pendingFwVersion: '2.8.5', lastFwUpdateStartTime: new Date().toISOString() });
    await step('downloading', 'applying');
    await step('verifying', 'applying');
    await step('error', 'error');
    await step('rolledback', 'rolledback');
    await step('applying', 'applying');
    await step('rebooting', 'rebooting');
    await step('current', 'current', { currentFwVersion: '2.8.5', pendingFwVersion: '' });

    const { responseBody: updated } = await registry.getTwin(chiller);
    const { currentFwVersion, pendingFwVersion } = Object(updated.properties.reported.firmware);
    stage.see('it runs the new firmware', [currentFwVersion, pendingFwVersion], ['2.8.5', '']);
    const { responseBody: untouched } = await registry.getTwin(other);
    stage.see('another device does not have the setting', untouched.properties.desired.firmware, undefined);
  },
);
