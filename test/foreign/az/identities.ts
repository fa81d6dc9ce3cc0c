import { expect, test } from 'vitest';
import { connectDevice } from '../../support/hub/device-end.ts';
import { objectOf } from '../support/replay.ts';
import { ANY, type Tool } from './tool.ts';

/** azext_iot/operations/hub.py: iot_device_*, iot_device_module_* except twins. */
export const identities = (az: () => Tool): void => {
  test('create, show, connection-string show, update, list, delete', async () => {
    const created = await az().create('d1');
    const shown = await az().object('GET /devices/{id}', { names: ['d1'] });
    expect(shown).toEqual(created);
    // the command reads each property without checking that it exists
    expect(shown).toMatchObject({
      deviceId: 'd1',
      status: 'enabled',
      authentication: {
        type: 'sas',
        symmetricKey: { primaryKey: expect.any(String), secondaryKey: expect.any(String) },
        x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      },
      capabilities: { iotEdge: false },
    });
    const { deviceId, status, authentication, capabilities } = shown;
    const body = { deviceId, etag: '*', status, statusReason: 'spare', authentication, capabilities };
    const updated = await az().object('PUT /devices/{id}', { names: ['d1'], headers: ANY, body });
    expect(updated).toMatchObject({ statusReason: 'spare', authentication: objectOf(authentication) });
    expect(await az().rows('select * from devices')).toContainEqual(
      expect.objectContaining({ deviceId: 'd1', statusReason: 'spare' }),
    );
    expect((await az().ask('GET /devices', { query: 'top=10' })).body).toHaveProperty('length');
    await az().ask('DELETE /devices/{id}', { names: ['d1'], headers: { 'If-Match': `"${updated.etag}"` } });
  });

  test('create with thumbprints and with a CA', async () => {
    const thumbprint = 'AB'.repeat(20);
    const x509Thumbprint = { primaryThumbprint: thumbprint, secondaryThumbprint: thumbprint };
    expect(await az().create('prints', { authentication: { type: 'selfSigned', x509Thumbprint } })).toMatchObject({
      authentication: { type: 'selfSigned', x509Thumbprint },
    });
    expect(await az().create('by-ca', { authentication: { type: 'certificateAuthority' } })).toMatchObject({
      authentication: { type: 'certificateAuthority' },
    });
  });

  test('list requests more devices than one page has', async () => {
    for (let i = 0; i < 3; i++) await az().create(`list-${i}`);
    const listed = "select * from devices where STARTSWITH(deviceId, 'list-')";
    const page = await az().query(listed, { 'x-ms-max-item-count': '1000' });
    expect([page.headers['x-ms-continuation'], page.body]).toEqual([
      undefined,
      ['list-0', 'list-1', 'list-2'].map((deviceId) => expect.objectContaining({ deviceId })),
    ]);
    const first = await az().query(listed, { 'x-ms-max-item-count': '2' });
    const token = String(first.headers['x-ms-continuation']);
    const second = await az().query(listed, { 'x-ms-max-item-count': '1', 'x-ms-continuation': token });
    expect([first.body, second.body, second.headers['x-ms-continuation']]).toEqual([
      [expect.objectContaining({ deviceId: 'list-0' }), expect.objectContaining({ deviceId: 'list-1' })],
      [expect.objectContaining({ deviceId: 'list-2' })],
      undefined,
    ]);
  });

  test('renew-key, of devices and modules, of one key or both, and swap', async () => {
    const before = objectOf(objectOf((await az().create('renewed')).authentication).symmetricKey);
    await put(az(), 'renewed', 'cam');
    const renew = async (policyKey: string, devices: unknown[]) => {
      const { status, body } = await az().ask('POST /devices/keys/regenerate', { body: { policyKey, devices } });
      return [status, objectOf(body)] as const;
    };
    const [status, renewed] = await renew('primaryKey', [{ id: 'renewed' }]);
    const [rotated] = renewed.rotatedKeys as Record<string, unknown>[]; // an array of objects
    expect([status, renewed.errors, rotated?.secondaryKey]).toEqual([200, [], before.secondaryKey]);
    expect(rotated?.primaryKey).not.toBe(before.primaryKey);
    expect((await renew('both', [{ id: 'renewed', moduleId: 'cam' }]))[0]).toBe(200);
    expect((await renew('secondaryKey', [{ id: 'renewed' }, { id: 'nobody' }]))[0]).toBe(207);
    expect((await renew('secondaryKey', [{ id: 'nobody' }]))[0]).toBe(400);
    const shown = await az().object('GET /devices/{id}', { names: ['renewed'] });
    const { primaryKey, secondaryKey } = objectOf(objectOf(shown.authentication).symmetricKey);
    const authentication = { type: 'sas', symmetricKey: { primaryKey: secondaryKey, secondaryKey: primaryKey } };
    const body = { ...shown, authentication };
    expect(await az().object('PUT /devices/{id}', { names: ['renewed'], headers: ANY, body })).toMatchObject({
      authentication,
    });
  });

  test('children add, list, remove and parent set, show', async () => {
    const show = (id: string) => az().object('GET /devices/{id}', { names: [id] });
    const gateway = await az().create('gateway', { capabilities: { iotEdge: true }, parentScopes: [] });
    await az().create('child');
    await setParent(az(), await show('child'), { deviceScope: gateway.deviceScope });
    const children = `select deviceId from devices where array_contains(parentScopes, '${gateway.deviceScope}')`;
    expect(await az().rows(children)).toEqual([{ deviceId: 'child' }]);
    const child = await show('child');
    expect(child.parentScopes).toEqual([gateway.deviceScope]);
    // the command takes what is between the scheme and the last hyphen for the parent's id
    expect(String(gateway.deviceScope)).toMatch(/^ms-azure-iot-edge:\/\/gateway-\d+$/);
    // the command sends back what it was shown, including the old parent
    await setParent(az(), child, { deviceScope: '' });
    expect(await az().rows(children)).toEqual([]);
    const inner = await az().create('inner', { capabilities: { iotEdge: true }, parentScopes: [] });
    await setParent(az(), inner, { parentScopes: [gateway.deviceScope] });
    expect(await show('inner')).toMatchObject({
      deviceScope: inner.deviceScope,
      parentScopes: [gateway.deviceScope],
    });
    expect(await az().rows('select * from devices where capabilities.iotEdge = true')).toHaveLength(2);
  });

  test('module-identity create, show, list, update, delete and invoke-module-method', async () => {
    await az().create('m');
    const names = ['m', 'cam'];
    await put(az(), ...names);
    const shown = await az().object('GET /devices/{id}/modules/{mid}', { names });
    expect((await az().ask('GET /devices/{id}/modules', { names: ['m'] })).body).toEqual([shown]);
    const { authentication } = shown;
    const body = { deviceId: 'm', moduleId: 'cam', authentication };
    expect(await az().object('PUT /devices/{id}/modules/{mid}', { names, headers: ANY, body })).toMatchObject(body);
    connectDevice(az().hub.hub, 'm/cam', (name) => ({ status: 200, payload: { did: name } }));
    const call = { methodName: 'wave', payload: {}, responseTimeoutInSeconds: 30, connectTimeoutInSeconds: 30 };
    expect(await az().object('POST /twins/{id}/modules/{mid}/methods', { names, body: call })).toEqual({
      status: 200,
      payload: { did: 'wave' },
    });
    await az().ask('DELETE /devices/{id}/modules/{mid}', { names, headers: ANY });
  });

  test('devices in bulk', async () => {
    const body = [{ id: 'many-1' }, { id: 'many-2' }].map((device) => ({ ...device, importMode: 'create' }));
    expect(await az().object('POST /devices', { body })).toEqual({ isSuccessful: true, errors: [], warnings: [] });
    const { status, body: told } = await az().ask('POST /devices', { body });
    expect([status, objectOf(told).isSuccessful]).toEqual([400, false]);
  });
};

const put = (az: Tool, ...names: string[]) => {
  const [deviceId, moduleId] = names;
  const authentication = { type: 'sas', symmetricKey: {} };
  return az.ask('PUT /devices/{id}/modules/{mid}', { names, body: { deviceId, moduleId, authentication } });
};

const setParent = (az: Tool, shown: Record<string, unknown>, scopes: object) =>
  az.ask('PUT /devices/{id}', {
    names: [String(shown.deviceId)],
    headers: { 'If-Match': `"${shown.etag}"` },
    body: { ...shown, ...scopes },
  });
