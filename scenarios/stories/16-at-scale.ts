import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management */
export default story('Configurations follow the devices that they are for', async (stage) => {
  const { registry } = stage;
  const site = stage.invent('site');
  const condition = `tags.site = '${site}'`;
  const [early, late] = [await stage.createDevice(), await stage.createDevice()];
  const join = (deviceId: string, to: string | null) => registry.updateTwin(deviceId, { tags: { site: to } }, '*');
  await join(early, site);
  const settings = async (deviceId: string) => (await registry.getTwin(deviceId)).responseBody.properties.desired;
  const hasRate = (rate: unknown) => (desired: Record<string, unknown>) => desired.rate === rate;
  const configure = (id: string, rate: number, priority: number) =>
    stage.configure({
      id,
      schemaVersion: '1.0',
      content: { deviceContent: { 'properties.desired.rate': rate } },
      targetCondition: condition,
      priority,
    });

  const base = stage.invent('base');
  await configure(base, 60, 1);
  stage.see('a device of the site is set', (await stage.until(() => settings(early), hasRate(60))).rate, 60);
  await join(late, site);
  stage.see('so is one that joins later', (await stage.until(() => settings(late), hasRate(60))).rate, 60);

  const urgent = stage.invent('urgent');
  await configure(urgent, 5, 10);
  stage.see('the higher priority wins', (await stage.until(() => settings(late), hasRate(5))).rate, 5);
  const query = `SELECT * FROM devices WHERE configurations.[[${urgent}]].status = 'Applied'`;
  const found = await stage.find(query, (ids) => ids.length === 2);
  stage.see('both are found by it', found, [early, late].sort());

  await join(late, null);
  const left = await stage.until(() => settings(late), hasRate(undefined));
  stage.see('one that leaves loses the setting', left.rate, undefined);
  const { responseBody: configuration } = await registry.getConfiguration(base);
  await registry.updateConfiguration({ ...configuration, priority: 20 });
  stage.see('a changed priority turns it round', (await stage.until(() => settings(early), hasRate(60))).rate, 60);
  const stale = registry.updateConfiguration({ ...configuration, priority: 30 });
  stage.see('a change of an old state is refused', await stage.failure(stale), 'InvalidEtagError');
});
