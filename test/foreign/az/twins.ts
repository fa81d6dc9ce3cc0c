import { expect, test } from 'vitest';
import { connectDevice } from '../../support/hub/device-end.ts';
import { objectOf } from '../support/replay.ts';
import { ANY, type Tool } from './tool.ts';

/** azext_iot/operations/hub.py: iot_device_twin_*, iot_device_module_twin_*, iot_device_method; providers/pnp_runtime.py. */
export const twins = (az: () => Tool): void => {
  test('device-twin show, list, update, replace', async () => {
    await az().create('t');
    const names = ['t'];
    const shown = await az().object('GET /twins/{id}', { names });
    expect(await az().rows("select * from devices where deviceId = 't'")).toEqual([shown]);
    const desired = { names, headers: ANY, body: { properties: { desired: { rate: 5 } } } };
    expect(await az().object('PATCH /twins/{id}', desired)).toMatchObject({ properties: { desired: { rate: 5 } } });
    const tags = { names, headers: ANY, body: { tags: { floor: 2 } } };
    expect(await az().object('PATCH /twins/{id}', tags)).toMatchObject({ tags: { floor: 2 } });
    // --set reads, edits and sends back the whole twin
    const set = { names, headers: ANY, body: { ...shown, tags: { floor: 3 } } };
    const edited = await az().object('PATCH /twins/{id}', set);
    expect(edited).toMatchObject({ tags: { floor: 3 }, properties: { desired: { rate: 5 } } });
    const whole = { names, headers: { 'If-Match': `"${edited.etag}"` }, body: { ...edited, tags: { floor: 4 } } };
    expect(await az().object('PUT /twins/{id}', whole)).toMatchObject({ tags: { floor: 4 } });
  });

  test('module-twin show, list, update, replace', async () => {
    await az().create('mt');
    const names = ['mt', 'cam'];
    const identity = { deviceId: 'mt', moduleId: 'cam', authentication: { type: 'sas', symmetricKey: {} } };
    await az().ask('PUT /devices/{id}/modules/{mid}', { names, body: identity });
    const shown = await az().object('GET /twins/{id}/modules/{mid}', { names });
    expect(await az().rows("select * from devices.modules where devices.deviceId = 'mt'")).toEqual([shown]);
    const tags = { names, headers: ANY, body: { tags: { floor: 2 } } };
    const edited = await az().object('PATCH /twins/{id}/modules/{mid}', tags);
    expect(edited).toMatchObject({ tags: { floor: 2 } });
    const whole = { names, headers: ANY, body: { ...edited, tags: { floor: 4 } } };
    expect(await az().object('PUT /twins/{id}/modules/{mid}', whole)).toMatchObject({ tags: { floor: 4 } });
  });

  test('query', async () => {
    await az().create('q', { status: 'disabled' });
    expect(await az().rows("select count() as off from devices where status = 'disabled' and deviceId = 'q'")).toEqual([
      { off: 1 },
    ]);
  });

  test('invoke-device-method', async () => {
    await az().create('caller');
    connectDevice(az().hub.hub, 'caller', (name) => ({ status: 200, payload: { did: name } }));
    const body = { methodName: 'wave', payload: {}, responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 30 };
    expect(await az().object('POST /twins/{id}/methods', { names: ['caller'], body })).toEqual({
      status: 200,
      payload: { did: 'wave' },
    });
  });

  test('digital-twin show, update, invoke-command', async () => {
    await az().create('pnp');
    const answer = (name: string) => ({ status: 201, payload: { did: name } });
    connectDevice(az().hub.hub, 'pnp', answer, 'dtmi:com:example:Thermostat;1');
    const names = ['pnp'];
    expect(await az().object('GET /digitaltwins/{id}', { names })).toMatchObject({ $dtId: 'pnp' });
    const body = [{ op: 'add', path: '/targetTemperature', value: 21 }];
    await az().ask('PATCH /digitaltwins/{id}', { names, headers: { 'If-Match': '*' }, body });
    const query = 'connectTimeoutInSeconds=10&responseTimeoutInSeconds=10';
    const root = await az().ask('POST /digitaltwins/{id}/commands/{command}', {
      names: ['pnp', 'reboot'],
      query,
      body: '{}',
    });
    const inner = await az().ask('POST /digitaltwins/{id}/components/{component}/commands/{command}', {
      names: ['pnp', 'valve', 'open'],
      query,
      body: '{"percent":50}',
    });
    expect([root, inner].map(({ headers, body }) => [headers['x-ms-command-statuscode'], objectOf(body)])).toEqual([
      ['201', { did: 'reboot' }],
      ['201', { did: 'valve*open' }],
    ]);
  });
};
