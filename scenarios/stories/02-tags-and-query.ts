import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language */
export default story('A query finds tagged devices, page by page', async (stage) => {
  const { registry } = stage;
  const plant = stage.invent('plant');
  const ids = [await stage.createDevice(), await stage.createDevice(), await stage.createDevice()].sort();
  for (const [floor, deviceId] of ids.entries())
    await registry.updateTwin(deviceId, { tags: { location: { plant, floor } } }, '*');

  const inPlant = `SELECT * FROM devices WHERE tags.location.plant = '${plant}'`;
  stage.see('all are in the plant', await stage.find(inPlant, (found) => found.length === 3), ids);
  const upstairs = await stage.find(`${inPlant} AND tags.location.floor >= 1`, (found) => found.length === 2);
  stage.see('two are upstairs', upstairs, ids.slice(1));

  const [first = ''] = ids;
  await registry.updateTwin(first, { tags: { location: null } }, '*');
  stage.see('one has left', await stage.find(inPlant, (found) => found.length === 2), ids.slice(1));
});
