import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-automatic-device-management */
export default story('Configurations apply to the devices that they target, also when these change', async (stage) => {
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
      labels: { HostPlatform: 'Linux' },
      content: { deviceContent: { 'properties.desired.rate': rate } },
      targetCondition: condition,
      priority,
      metrics: {
        queries: { fast: `SELECT deviceId FROM devices WHERE ${condition} AND properties.desired.rate < 10` },
      },
    });

  const base = stage.invent('base');
  await configure(base, 60, 1);
  stage.see('a device of the site gets the setting', (await stage.until(() => settings(early), hasRate(60))).rate, 60);
  await join(late, site);
  stage.see('so does one that joins later', (await stage.until(() => settings(late), hasRate(60))).rate, 60);

  const urgent = stage.invent('urgent');
  await configure(urgent, 5, 10);
  stage.see('the higher priority wins', (await stage.until(() => settings(late), hasRate(5))).rate, 5);
  const query = `SELECT * FROM devices WHERE configurations.[[${urgent}]].status = 'Applied'`;
  const found = await stage.find(query, (ids) => ids.length === 2);
  stage.see('a query by its status finds both', found, [early, late].sort());
  const shown = async () => (await registry.getConfiguration(urgent)).responseBody;
  const counted = await stage.until(shown, ({ metrics }) => metrics?.results?.fast === 2);
  stage.see(
    'its metrics count them',
    [counted.metrics?.results, counted.labels],
    [{ fast: 2 }, { HostPlatform: 'Linux' }],
  );

  await join(late, null);
  const left = await stage.until(() => settings(late), hasRate(undefined));
  stage.see('one that leaves loses the setting', left.rate, undefined);
  const { responseBody: configuration } = await registry.getConfiguration(base);
  await registry.updateConfiguration({ ...configuration, priority: 20 });
  stage.see(
    'a higher priority changes which one wins',
    (await stage.until(() => settings(early), hasRate(60))).rate,
    60,
  );
  const stale = registry.updateConfiguration({ ...configuration, priority: 30 });
  stage.see('a change with an old etag is rejected', await stage.failure(stale), 'InvalidEtagError');
  await registry.removeConfiguration(base);
  stage.see('when it is removed, the next one applies', (await stage.until(() => settings(early), hasRate(5))).rate, 5);

  await registry.addModule({ deviceId: late, moduleId: 'valve' });
  await registry.updateModuleTwin(late, 'valve', { tags: { site } }, '*');
  await stage.configure({
    id: stage.invent('valves'),
    content: { moduleContent: { 'properties.desired.limits': { max: 7 } } },
    targetCondition: `from devices.modules where ${condition}`,
    priority: 1,
  });
  const wanted = async () => (await registry.getModuleTwin(late, 'valve')).responseBody.properties.desired.limits;
  const limits = await stage.until(wanted, (seen) => seen !== undefined);
  stage.see('modules have configurations of their own', limits, { max: 7 });
});
