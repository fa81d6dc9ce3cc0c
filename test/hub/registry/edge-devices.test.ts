import { describe, expect, test } from 'vitest';
import { renderIdentity } from '../../../emulator/hub/registry/identity-document.ts';
import { newHub, refusal } from '../../support/hub/hub.ts';

const edge = { capabilities: { iotEdge: true } };

const newRegistry = () => {
  const { hub } = newHub();
  return hub.registry;
};

describe('an edge device', () => {
  test('is made with its scope and its two system modules', () => {
    const registry = newRegistry();
    const device = registry.create({ deviceId: 'gw' }, { ...edge, deviceScope: 'ms-azure-iot-edge://mine-1' });
    expect(renderIdentity(device)).toMatchObject({
      capabilities: { iotEdge: true },
      deviceScope: `ms-azure-iot-edge://gw-${device.identity.generationId}`,
      parentScopes: [],
    });
    expect(registry.modules('gw').map(renderIdentity)).toMatchObject([
      {
        moduleId: '$edgeAgent',
        managedBy: 'iotEdge',
        deviceId: 'gw',
        authentication: { type: 'none', symmetricKey: { primaryKey: null, secondaryKey: null } },
      },
      { moduleId: '$edgeHub', managedBy: 'iotEdge', deviceId: 'gw', authentication: { type: 'none' } },
    ]);
  });

  test('keeps its system modules to the hub', () => {
    const registry = newRegistry();
    registry.create({ deviceId: 'gw' }, edge);
    const module = { deviceId: 'gw', moduleId: '$edgeAgent' };
    const refused = { code: 'SystemModuleModifyUnauthorizedAccess', status: 401 };
    expect(refusal(() => registry.replace(module, {}, '*'))).toMatchObject(refused);
    expect(refusal(() => registry.delete(module, '*'))).toMatchObject(refused);
    expect(refusal(() => registry.create({ deviceId: 'gw', moduleId: '$mine' }, {}))).toMatchObject({ status: 400 });
    registry.delete({ deviceId: 'gw' }, '*');
    expect(registry.find('gw/$edgeAgent')).toBeUndefined();
  });

  test('must send its own scope along in an update', () => {
    const registry = newRegistry();
    const { deviceScope } = registry.create({ deviceId: 'gw' }, edge).identity;
    const immutable = { code: 'ArgumentInvalid', status: 400, message: 'Device scope is immutable' };
    expect(refusal(() => registry.replace({ deviceId: 'gw' }, edge, '*'))).toEqual(immutable);
    const other = { ...edge, deviceScope: 'ms-azure-iot-edge://other-1' };
    expect(refusal(() => registry.replace({ deviceId: 'gw' }, other, '*'))).toEqual(immutable);
    const next = registry.replace({ deviceId: 'gw' }, { ...edge, deviceScope: deviceScope ?? '' }, '*');
    expect(next.identity.deviceScope).toBe(deviceScope);
  });

  test('names its parent in its parent scopes, until an update leaves it out', () => {
    const registry = newRegistry();
    const parent = registry.create({ deviceId: 'top' }, edge).identity.deviceScope ?? '';
    const child = registry.create({ deviceId: 'gw' }, { ...edge, parentScopes: [parent] }).identity;
    expect(child.parentScopes).toEqual([parent]);
    const body = { ...edge, deviceScope: child.deviceScope ?? '' };
    expect(registry.replace({ deviceId: 'gw' }, body, '*').identity.parentScopes).toEqual([]);
  });

  test('that becomes a leaf loses its parent and its system modules', () => {
    const registry = newRegistry();
    const parent = registry.create({ deviceId: 'top' }, edge).identity.deviceScope ?? '';
    registry.create({ deviceId: 'gw' }, { ...edge, parentScopes: [parent] });
    const leaf = registry.replace({ deviceId: 'gw' }, { parentScopes: [parent], deviceScope: parent }, '*').identity;
    expect([leaf.deviceScope, leaf.parentScopes]).toEqual([undefined, undefined]);
    expect(registry.modules('gw')).toEqual([]);
  });
});

describe('a leaf device', () => {
  test('has the scope of its parent, which the hub copies', () => {
    const registry = newRegistry();
    const parent = registry.create({ deviceId: 'gw' }, edge).identity.deviceScope ?? '';
    const leaf = registry.create({ deviceId: 'd1' }, { deviceScope: parent }).identity;
    expect([leaf.deviceScope, leaf.parentScopes]).toEqual([parent, [parent]]);
    const detached = registry.replace({ deviceId: 'd1' }, {}, '*').identity;
    expect([detached.deviceScope, detached.parentScopes]).toEqual([undefined, undefined]);
  });

  test('with parent scopes alone has no parent', () => {
    const leaf = newRegistry().create({ deviceId: 'd1' }, { parentScopes: ['ms-azure-iot-edge://gw-1'] }).identity;
    expect([leaf.deviceScope, leaf.parentScopes]).toEqual([undefined, undefined]);
  });

  test('that becomes an edge device gets a scope without a suffix', () => {
    const registry = newRegistry();
    registry.create({ deviceId: 'd1' }, {});
    const next = registry.replace({ deviceId: 'd1' }, { ...edge, deviceScope: '' }, '*').identity;
    expect(next.deviceScope).toBe('ms-azure-iot-edge://d1-');
    expect(registry.modules('d1').map((module) => module.key)).toEqual(['d1/$edgeAgent', 'd1/$edgeHub']);
  });

  test('with a scope of another form is refused', () => {
    expect(refusal(() => newRegistry().create({ deviceId: 'd1' }, { deviceScope: 'gw' }))).toMatchObject({
      code: 'InvalidDeviceScope',
      status: 400,
    });
  });
});

describe('modules', () => {
  test('are at most fifty on a device', () => {
    const registry = newRegistry();
    registry.create({ deviceId: 'd1' }, {});
    for (let i = 0; i < 50; i++) registry.create({ deviceId: 'd1', moduleId: `m${i}` }, {});
    expect(refusal(() => registry.create({ deviceId: 'd1', moduleId: 'm50' }, {}))).toMatchObject({
      code: 'TooManyModulesOnDevice',
      status: 413,
    });
  });

  test('with authentication `none` get keys all the same', () => {
    const registry = newRegistry();
    registry.create({ deviceId: 'd1' }, {});
    const { authentication } = registry.create(
      { deviceId: 'd1', moduleId: 'm1' },
      { authentication: { type: 'none' } },
    ).identity;
    expect(authentication.type).toBe('sas');
  });
});

test('regenerated keys are new, the other key and the twin stay', () => {
  const registry = newRegistry();
  const before = registry.create({ deviceId: 'd1' }, {});
  const after = registry.regenerateKeys('d1', 'primary');
  expect(after.identity.authentication.primaryKey).not.toBe(before.identity.authentication.primaryKey);
  expect(after.identity.authentication.secondaryKey).toBe(before.identity.authentication.secondaryKey);
  expect(after.identity.etag).not.toBe(before.identity.etag);
  expect(after.twin).toBe(before.twin);
});
