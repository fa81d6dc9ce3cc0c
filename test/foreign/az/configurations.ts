import { expect, test } from 'vitest';
import { objectOf } from '../support/replay.ts';
import { ANY, type Tool } from './tool.ts';

/** azext_iot/operations/hub.py: iot_hub_configuration_*. */
export const configurations = (az: () => Tool): void => {
  test('create, show, list, show-metric, update, delete', async () => {
    const names = ['night'];
    const content = { deviceContent: { 'properties.desired.night': { on: true } } };
    const body = {
      id: 'night',
      schemaVersion: '2.0',
      content,
      targetCondition: "tags.site='x'",
      etag: '*',
      priority: 1,
      metrics: { queries: { dark: "select deviceId from devices where tags.site='x'" } },
    };
    await az().ask('PUT /configurations/{id}', { names, body });
    const shown = await az().object('GET /configurations/{id}', { names });
    // the command reads each property without checking that it exists
    expect(shown).toMatchObject({
      id: 'night',
      schemaVersion: '2.0',
      labels: null,
      content,
      targetCondition: "tags.site='x'",
      priority: 1,
    });
    expect((await az().ask('GET /configurations')).body).toEqual([shown]);
    for (const metrics of [shown.metrics, shown.systemMetrics])
      for (const query of Object.values(objectOf(objectOf(metrics).queries)))
        expect((await az().query(String(query))).body).toEqual([]);
    const { id, schemaVersion, labels, metrics, targetCondition } = shown;
    const changed = { id, schemaVersion, labels, content, metrics, targetCondition, priority: 2 };
    expect(await az().object('PUT /configurations/{id}', { names, headers: ANY, body: changed })).toMatchObject({
      priority: 2,
    });
    const asked = { targetCondition: "tags.site='x'", customMetricQueries: objectOf(shown.metrics).queries };
    await az().ask('POST /configurations/testQueries', { body: asked });
    await az().ask('DELETE /configurations/{id}', { names, headers: ANY });
  });

  test('create for modules', async () => {
    const body = {
      id: 'cams',
      schemaVersion: '2.0',
      content: { moduleContent: { 'properties.desired.night': { on: true } } },
      targetCondition: "from devices.modules where tags.site='x'",
      etag: '*',
      priority: 1,
      metrics: {},
    };
    await az().ask('PUT /configurations/{id}', { names: ['cams'], body });
    await az().ask('DELETE /configurations/{id}', { names: ['cams'], headers: ANY });
  });
};
