import { expect, test } from 'vitest';
import { ANY, type Tool } from './tool.ts';

const modulesContent = {
  $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules: {} } },
  $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes: {} } },
  tempSensor: { 'properties.desired': { rate: 5 } },
};

// azext_iot/tests/iothub/configurations/test_edge_deployment_layered.json
const layer = {
  $edgeAgent: {
    'properties.desired.modules.mymodule0': {
      settings: { image: 'myimageuri', createOptions: '{"MemorySwap":0}' },
      type: 'docker',
      env: { envvar0: { value: 'envvarval0' } },
      status: 'running',
      restartPolicy: 'always',
      version: '1.0',
    },
  },
  $edgeHub: { 'properties.desired.routes.route0': 'from /messages/* INTO $upstream' },
  mymodule0: { 'properties.desired.settings': { prop0: 'val0' } },
};

/** azext_iot/operations/hub.py: iot_edge_*; azext_iot/iothub/providers/device_identity.py. */
export const edge = (az: () => Tool): void => {
  test('set-modules, export-modules', async () => {
    await az().create('edge', { capabilities: { iotEdge: true }, parentScopes: [] });
    const names = ['edge'];
    await az().ask('POST /devices/{id}/applyConfigurationContent', { names, body: { modulesContent } });
    const { body } = await az().ask('GET /devices/{id}/modules', { names });
    const exported: Record<string, unknown> = {};
    for (const { moduleId } of body as { moduleId: string }[]) {
      const twin = await az().object('GET /twins/{id}/modules/{mid}', { names: ['edge', moduleId] });
      // the command removes both without checking that they exist
      const { $metadata, $version, ...desired } = Object(twin.properties).desired;
      expect([typeof $metadata, typeof $version]).toEqual(['object', 'number']);
      exported[moduleId] = { 'properties.desired': desired };
    }
    expect(exported).toEqual(modulesContent);
  });

  test('deployment create, list, update, show-metric, delete', async () => {
    const body = {
      id: 'layer',
      schemaVersion: '2.0',
      content: { modulesContent: layer },
      targetCondition: "tags.site='x'",
      etag: '*',
      priority: 1,
      metrics: {
        queries: { mymetric: 'SELECT deviceId FROM devices WHERE properties.reported.lastDesiredStatus.code = 200' },
      },
    };
    const names = ['layer'];
    await az().ask('PUT /configurations/{id}', { names, body });
    const shown = await az().object('GET /configurations/{id}', { names });
    expect((await az().ask('GET /configurations')).body).toEqual([shown]);
    for (const metrics of [shown.metrics, shown.systemMetrics])
      for (const query of Object.values(Object(metrics).queries)) await az().query(String(query));
    await az().ask('PUT /configurations/{id}', { names, headers: ANY, body: { ...body, priority: 2 } });
    await az().ask('DELETE /configurations/{id}', { names, headers: ANY });
  });

  test('devices create makes a hierarchy', async () => {
    await az().rows('SELECT deviceId FROM devices');
    const whatever = { 'If-Match': '*' };
    for (const id of ['top', 'below']) await az().create(id, { capabilities: { iotEdge: true }, parentScopes: [] });
    const scopes = new Map(
      (await az().rows('SELECT deviceId, deviceScope FROM devices')).map((row) => [row.deviceId, row.deviceScope]),
    );
    const names = ['below'];
    const below = await az().object('GET /devices/{id}', { names });
    const body = { ...below, parentScopes: [scopes.get('top')] };
    expect(await az().object('PUT /devices/{id}', { names, headers: whatever, body })).toMatchObject({
      deviceScope: scopes.get('below'),
      parentScopes: [scopes.get('top')],
    });
    for (const id of ['below', 'top']) await az().ask('DELETE /devices/{id}', { names: [id], headers: whatever });
  });
};
