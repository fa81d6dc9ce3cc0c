import { expect, test } from 'vitest';
import { ANY, type Tool } from './tool.ts';

/**
 * azext_iot/iothub/providers/state.py: what an export reads without checking that it exists, and what an import sends.
 */
export const state = (az: () => Tool): void => {
  test('export takes twins, identities, modules and configurations; import creates them again', async () => {
    await az().create('kept');
    const names = ['kept', 'cam'];
    const module = { deviceId: 'kept', moduleId: 'cam', authentication: { type: 'sas', symmetricKey: {} } };
    await az().ask('PUT /devices/{id}/modules/{mid}', { names, body: module });

    expect((await az().ask('GET /configurations')).body).toEqual([]);
    const [twin = {}] = (await az().rows('select * from devices')).filter(({ deviceId }) => deviceId === 'kept');
    expect(twin).toMatchObject({
      authenticationType: 'sas',
      capabilities: { iotEdge: false },
      x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
      properties: { desired: { $metadata: expect.anything(), $version: 1 } },
    });
    const { authentication } = await az().object('GET /devices/{id}', { names: ['kept'] });
    const { body } = await az().ask('GET /devices/{id}/modules', { names: ['kept'] });
    const [listed] = body as object[];
    expect(Object.keys(listed ?? {})).toEqual(
      expect.arrayContaining([
        'generationId',
        'connectionStateUpdatedTime',
        'lastActivityTime',
        'cloudToDeviceMessageCount',
        'etag',
      ]),
    );
    const shown = await az().object('GET /devices/{id}/modules/{mid}', { names });
    const moduleTwin = await az().object('GET /twins/{id}/modules/{mid}', { names });
    expect(Object.keys(moduleTwin)).toEqual(
      expect.arrayContaining([
        'deviceEtag',
        'lastActivityTime',
        'etag',
        'version',
        'cloudToDeviceMessageCount',
        'statusUpdateTime',
        'authenticationType',
        'connectionState',
        'x509Thumbprint',
      ]),
    );

    await az().ask('DELETE /devices/{id}', { names: ['kept'], headers: ANY });
    const { symmetricKey } = Object(authentication);
    const made = await az().create('kept', { authentication: { type: 'sas', symmetricKey } });
    expect(made).toMatchObject({ authentication: { symmetricKey } });
    await az().ask('PUT /twins/{id}', { names: ['kept'], headers: ANY, body: twin });
    const again = { ...module, authentication: shown.authentication };
    await az().ask('PUT /devices/{id}/modules/{mid}', { names, body: again });
    await az().ask('PUT /twins/{id}/modules/{mid}', { names, headers: ANY, body: moduleTwin });
    expect(await az().object('GET /devices/{id}/modules/{mid}', { names })).toMatchObject(again);
  });
};
