import { describe, expect, test } from 'vitest';
import { authentication, keys, newWorld } from '../../support/hub/bulk.ts';
import { refusal } from '../../support/hub/hub.ts';

const done = { isSuccessful: true, errors: [], warnings: [] };

const failed = (deviceId: string, errorCode: string, errorStatus: string) => ({
  isSuccessful: false,
  errors: [{ deviceId, errorCode, errorStatus, moduleId: null, operation: null }],
  warnings: [],
});

describe('the modes of a bulk request', () => {
  test('create makes what is missing and reports what exists, the rest is still done', () => {
    const { bulk, registry } = newWorld();
    const items = [
      { id: 'old', importMode: 'create' },
      { id: 'new', importMode: 'Create', status: 'disabled', statusReason: 'spare', authentication },
    ];
    expect(bulk.apply(items)).toEqual(
      failed('old', 'DeviceAlreadyExists', "A device with ID 'old' is already registered."),
    );
    expect(registry.get('new').identity).toMatchObject({
      status: 'disabled',
      statusReason: 'spare',
      authentication: keys,
    });
  });

  test('create with tags and desired properties makes the device with its twin', () => {
    const { bulk, twins } = newWorld();
    const item = { id: 'new', importMode: 'create', tags: { site: 'b' }, properties: { desired: { rate: 9 } } };
    expect(bulk.apply([item])).toEqual(done);
    expect(twins.get('new').twin).toMatchObject({
      tags: { site: 'b' },
      desired: { values: { rate: 9 }, version: 2 },
      etag: 2,
    });
  });

  test('create with a twin that cannot be written makes the device and warns', () => {
    const { bulk, twins } = newWorld();
    const result = bulk.apply([{ id: 'new', importMode: 'create', tags: { 'a b': 1 } }]);
    expect(result).toMatchObject({
      isSuccessful: true,
      errors: [],
      warnings: [{ deviceId: 'new', warningCode: 'DeviceRegisteredWithoutTwin' }],
    });
    expect(twins.get('new').twin.tags).toBeUndefined();
  });

  test('update, updateIfMatchETag and createOrUpdate write over the identity', () => {
    const { bulk, registry } = newWorld();
    const write = (item: object) => bulk.apply([{ id: 'old', status: 'disabled', authentication, ...item }]);
    const stale = registry.get('old').identity.etag;
    expect(write({ importMode: 'update' })).toEqual(done);
    expect(write({ importMode: 'updateIfMatchETag', eTag: stale })).toMatchObject({
      isSuccessful: false,
      errors: [{ errorCode: 'PreconditionFailed' }],
    });
    // azure-iothub spells it etag
    expect(write({ importMode: 'UpdateIfMatchETag', etag: registry.get('old').identity.etag })).toEqual(done);
    expect(write({ importMode: 'updateIfMatchETag' })).toMatchObject({ errors: [{ errorCode: 'PreconditionFailed' }] });
    expect(write({})).toEqual(done);
    expect(bulk.apply([{ id: 'nobody', importMode: 'update' }])).toEqual(failed('nobody', 'DeviceNotFound', 'nobody'));
    expect(bulk.apply([{ id: 'new', importMode: 'createOrUpdateIfMatchETag' }])).toEqual(done);
  });

  test('update replaces the sections of the twin that come along, its etag counts apart', () => {
    const { bulk, twins } = newWorld();
    const update = { id: 'old', importMode: 'update', properties: { desired: { rate: 2 } } };
    expect(bulk.apply([update])).toEqual(done);
    expect(twins.get('old').twin).toMatchObject({ tags: { site: 'a' }, desired: { values: { rate: 2 } } });
    expect(twins.get('old').twin.desired.values).toEqual({ rate: 2 });
    expect(bulk.apply([{ ...update, twinETag: 'AAAAAAAAAAE=' }])).toMatchObject({
      errors: [{ errorCode: 'PreconditionFailed' }],
    });
  });

  test('updateTwin merges, updateTwinIfMatchETag only over the etag that it knows', () => {
    const { bulk, twins } = newWorld();
    const merge = { id: 'old', importMode: 'updateTwin', tags: { floor: 1 }, properties: { desired: { unit: null } } };
    expect(bulk.apply([merge])).toEqual(done);
    expect(twins.get('old').twin).toMatchObject({
      tags: { site: 'a', floor: 1 },
      desired: { values: { rate: 1 }, version: 3 },
      etag: 3,
    });
    const checked = { ...merge, importMode: 'updateTwinIfMatchETag' };
    expect(bulk.apply([{ ...checked, twinETag: '"AAAAAAAAAAM="' }])).toEqual(done);
    for (const twinETag of ['AAAAAAAAAAM=', undefined])
      expect(bulk.apply([{ ...checked, ...(twinETag && { twinETag }) }])).toMatchObject({
        errors: [{ errorCode: 'PreconditionFailed' }],
      });
  });

  test('delete and deleteIfMatchETag remove', () => {
    const { bulk, registry } = newWorld();
    registry.create({ deviceId: 'older' }, {});
    expect(bulk.apply([{ id: 'older', importMode: 'deleteIfMatchETag', eTag: 'MQ==' }])).toMatchObject({
      errors: [{ errorCode: 'PreconditionFailed' }],
    });
    const { etag } = registry.get('older').identity;
    const items = [
      { id: 'old', importMode: 'Delete' },
      { id: 'older', importMode: 'deleteIfMatchETag', eTag: etag },
    ];
    expect(bulk.apply(items)).toEqual(done);
    expect(registry.list()).toEqual([]);
  });

  test('modules are items of their own', () => {
    const { bulk, twins } = newWorld();
    const items = [
      { id: 'old', importMode: 'updateTwin', tags: { site: 'c' } },
      { id: 'old', moduleId: 'm1', importMode: 'create', tags: { kind: 'camera' } },
      { id: 'old', moduleId: 'm2', importMode: 'delete' },
    ];
    expect(bulk.apply(items)).toMatchObject({
      errors: [{ deviceId: 'old', moduleId: 'm2', errorCode: 'ModuleNotFound' }],
    });
    expect(twins.get('old/m1').twin.tags).toEqual({ kind: 'camera' });
  });
});

describe('a bulk request is refused as a whole', () => {
  test('when a device is in it twice', () => {
    const { bulk, registry } = newWorld();
    const twice = [
      { id: 'new', importMode: 'create' },
      { id: 'new', importMode: 'delete' },
    ];
    expect(refusal(() => bulk.apply(twice))).toEqual({
      code: 'DeviceDefinedMultipleTimes',
      status: 400,
      message: 'DeviceDefinedMultipleTimes, device ID new',
    });
    expect(registry.find('new')).toBeUndefined();
  });

  test('beyond a hundred items', () => {
    const { bulk } = newWorld();
    const items = Array.from({ length: 101 }, (_, i) => ({ id: `d${i}`, importMode: 'create' }));
    expect(refusal(() => bulk.apply(items))).toMatchObject({ code: 'TooManyDevices', status: 413 });
    expect(bulk.apply(items.slice(0, 100))).toEqual(done);
  });

  test('when it is not an array of devices with ids and known modes', () => {
    const { bulk } = newWorld();
    for (const body of [{}, null, [1], [{}], [{ id: 'a', importMode: 'upsert' }]])
      expect(refusal(() => bulk.apply(body))).toMatchObject({ code: 'ArgumentInvalid', status: 400 });
  });
});

describe('new keys', () => {
  test('for all are 200, for some 207, for none 400', () => {
    const { registry, hub } = newWorld();
    const rotate = (...ids: string[]) =>
      hub.bulk.rotateKeys({ policyKey: 'primaryKey', devices: ids.map((id) => ({ id, moduleId: null })) });
    const all = rotate('old');
    expect(all).toEqual({
      status: 200,
      body: {
        policyKey: 'primaryKey',
        rotatedKeys: [
          {
            id: 'old',
            moduleId: null,
            primaryKey: registry.get('old').identity.authentication.primaryKey,
            secondaryKey: keys.secondaryKey,
          },
        ],
        errors: [],
      },
    });
    const error = { id: 'nobody', moduleId: null, errorCode: 'DeviceNotFound', errorStatus: 'nobody' };
    expect(rotate('old', 'nobody')).toMatchObject({ status: 207, body: { errors: [error] } });
    expect(rotate('nobody')).toMatchObject({ status: 400, body: { rotatedKeys: [], errors: [error] } });
  });

  test('need to know which', () => {
    const { bulk } = newWorld();
    expect(refusal(() => bulk.rotateKeys({ policyKey: 'third', devices: [] }))).toMatchObject({
      code: 'InvalidPolicyKey',
      status: 400,
    });
  });
});
