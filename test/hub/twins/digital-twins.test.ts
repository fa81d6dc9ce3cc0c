import { describe, expect, test } from 'vitest';
import { jsonTextOf } from '../../../emulator/kernel/json-text.ts';
import type { Json } from '../../../protocol/json.ts';
import { newHub, newSession, refusal, START } from '../../support/hub/hub.ts';

const MODEL = 'dtmi:com:example:TemperatureController;1';

/** A hub with the device `d1`, connected with a model. */
const newWorld = (modelId = MODEL) => {
  const world = newHub();
  const { hub } = world;
  hub.registry.create({ deviceId: 'd1' }, {});
  const device = newSession('d1');
  hub.sessions.open(device.session, { resume: false, modelId });
  hub.sessions.subscribe(device.session, 'methods', 0);
  const desired = () => hub.twins.get('d1').twin.desired.values;
  return { ...world, device, desired, digitalTwins: hub.digitalTwins };
};

describe('a digital twin', () => {
  // the sample of https://learn.microsoft.com/azure/iot/howto-manage-digital-twin
  test('shows root properties, components and both sides of writable properties', () => {
    const { hub, clock, digitalTwins } = newWorld();
    clock.advance(1000);
    hub.twins.patch('d1', { properties: { desired: { thermostat1: { __t: 'c', targetTemperature: 20.4 } } } });
    clock.advance(1000);
    hub.twins.report('d1', {
      serialNumber: 'alwinexlepaho8329',
      thermostat1: {
        __t: 'c',
        maxTempSinceLastReboot: 25.3,
        targetTemperature: { value: 20.4, ac: 200, ad: 'Successfully executed patch', av: 2 },
      },
    });
    const lastUpdateTime = '2026-01-01T00:00:02Z';
    expect(digitalTwins.get('d1')).toEqual({
      $dtId: 'd1',
      serialNumber: 'alwinexlepaho8329',
      thermostat1: {
        maxTempSinceLastReboot: 25.3,
        targetTemperature: 20.4,
        $metadata: {
          targetTemperature: {
            desiredValue: 20.4,
            desiredVersion: 2,
            ackVersion: 2,
            ackCode: 200,
            ackDescription: 'Successfully executed patch',
            lastUpdateTime,
          },
          maxTempSinceLastReboot: { lastUpdateTime },
        },
      },
      $metadata: { $model: MODEL, serialNumber: { lastUpdateTime } },
    });
  });

  test('shows a property that the device has not answered yet without a value', () => {
    const { hub, digitalTwins } = newWorld();
    hub.twins.patch('d1', { properties: { desired: { rate: 5 } } });
    expect(digitalTwins.get('d1')).toEqual({
      $dtId: 'd1',
      $metadata: { $model: MODEL, rate: { desiredValue: 5, desiredVersion: 2, lastUpdateTime: START } },
    });
  });

  test('of a device without a model is empty', () => {
    const { hub, digitalTwins } = newWorld('');
    hub.twins.report('d1', { a: 1 });
    expect(digitalTwins.get('d1')).toEqual({ $dtId: 'd1', $metadata: { $model: '' } });
    expect(refusal(() => digitalTwins.get('nobody'))).toMatchObject({ code: 'DeviceNotFound', status: 404 });
  });
});

describe('a patch of a digital twin', () => {
  test('becomes a patch of desired properties', () => {
    const { digitalTwins, desired } = newWorld();
    digitalTwins.patch('d1', [
      { op: 'add', path: '/targetTemperature', value: 20 },
      { op: 'add', path: '/thermostat1/targetTemperature', value: 21 },
      { op: 'add', path: '/thermostat1/mode', value: { day: 'on', night: 'off' } },
      { op: 'add', path: '/thermostat2', value: { targetTemperature: 22, $metadata: {} } },
      { op: 'add', path: '/a~1b', value: [1] },
    ]);
    expect(desired()).toEqual({
      targetTemperature: 20,
      thermostat1: { __t: 'c', targetTemperature: 21, mode: { day: 'on', night: 'off' } },
      thermostat2: { __t: 'c', targetTemperature: 22 },
      'a/b': [1],
    });
    digitalTwins.patch('d1', [
      { op: 'remove', path: '/targetTemperature' },
      { op: 'remove', path: '/thermostat1/targetTemperature' },
      { op: 'replace', path: '/thermostat1/mode', value: { day: 'off' } },
      { op: 'remove', path: '/thermostat2' },
    ]);
    expect(desired()).toEqual({ thermostat1: { __t: 'c', mode: { day: 'off' } }, 'a/b': [1] });
  });

  // RFC 6902, 5: one after the other, each on what the one before left
  test('does its steps in their order', () => {
    const { digitalTwins, desired } = newWorld();
    digitalTwins.patch('d1', [{ op: 'add', path: '/fan', value: { speed: 1, mode: 'auto' } }]);
    digitalTwins.patch('d1', [
      { op: 'remove', path: '/fan' },
      { op: 'add', path: '/fan', value: { speed: 2 } },
      { op: 'add', path: '/plan', value: { night: 1 } },
      { op: 'replace', path: '/plan', value: { day: 2 } },
      { op: 'add', path: '/valve', value: { $metadata: {}, open: true } },
      { op: 'add', path: '/valve/flow', value: 3 },
      { op: 'remove', path: '/valve/open' },
      { op: 'add', path: '/gone', value: 4 },
      { op: 'remove', path: '/gone' },
    ]);
    expect(desired()).toEqual({ fan: { speed: 2 }, plan: { day: 2 }, valve: { __t: 'c', flow: 3 } });
  });

  test('respects the etag of the twin', () => {
    const { digitalTwins } = newWorld();
    const patch = [{ op: 'add', path: '/rate', value: 1 }];
    expect(refusal(() => digitalTwins.patch('d1', patch, 'AAAAAAAAAAI='))).toMatchObject({ status: 412 });
    expect(digitalTwins.patch('d1', patch, 'AAAAAAAAAAE=').twin.etag).toBe(2);
  });

  test('is refused where the twin has something else than a component', () => {
    const { hub, digitalTwins } = newWorld();
    hub.twins.patch('d1', { properties: { desired: { thermostat1: { rate: 1 } } } });
    const patch = [{ op: 'add', path: '/thermostat1/rate', value: 2 }];
    expect(refusal(() => digitalTwins.patch('d1', patch))).toEqual({
      code: 'ArgumentInvalid',
      status: 400,
      message:
        "'thermostat1' exists within the device twin and is not digital twin conformant property. Please refer to aka.ms/dtpatch to update this to be conformant.",
    });
  });

  test('is refused by what is wrong with it', () => {
    const { digitalTwins } = newWorld();
    const codeOf = (patch: Json) => refusal(() => digitalTwins.patch('d1', patch))?.code;
    for (const patch of [{}, null, [1]]) expect(codeOf(patch)).toBe('InvalidDigitalTwinJsonPatch');
    expect(codeOf([{ op: 'move', path: '/a', from: '/b' }])).toBe('InvalidDigitalTwinJsonPatch');
    expect(codeOf([{ op: 'add', path: '/a' }])).toBe('InvalidDigitalTwinJsonPatch');
    let deep: Json = 1;
    for (let i = 0; i < 50_000; i++) deep = { a: deep };
    expect(codeOf([{ op: 'add', path: '/a', value: deep }])).toBe('InvalidDigitalTwinJsonPatch');
    for (const path of ['', 'a', '/', '/a/', '/a/b/c', '/$metadata', '/a/$model', '/~2', undefined])
      expect(codeOf([{ op: 'add', value: 1, ...(path !== undefined && { path }) }])).toBe(
        'InvalidDigitalTwinPatchPath',
      );
    expect(codeOf([{ op: 'add', path: '/a', value: null }])).toBe('InvalidDigitalTwinPatch');
  });
});

describe('a command', () => {
  test('is a direct method, of a component with its name in front', async () => {
    const { hub, device, digitalTwins } = newWorld();
    const root = digitalTwins.command('d1', { name: 'reboot', payload: jsonTextOf(3) });
    const inner = digitalTwins.command('d1', {
      component: 'thermostat1',
      name: 'getMaxMinReport',
      payload: jsonTextOf(null),
    });
    expect(device.heard).toEqual([
      { type: 'method', requestId: '1', methodName: 'reboot', payload: jsonTextOf(3) },
      { type: 'method', requestId: '2', methodName: 'thermostat1*getMaxMinReport', payload: jsonTextOf(null) },
    ]);
    hub.methods.respond('d1', '1', { status: 200, payload: jsonTextOf(null) });
    hub.methods.respond('d1', '2', { status: 200, payload: jsonTextOf({ max: 30 }) });
    expect(await Promise.all([root, inner])).toEqual([
      { status: 200, payload: jsonTextOf(null) },
      { status: 200, payload: jsonTextOf({ max: 30 }) },
    ]);
  });

  test('waits as long as its query says', async () => {
    const { clock, digitalTwins } = newWorld();
    const silent = digitalTwins.command('d1', {
      name: 'reboot',
      payload: jsonTextOf(null),
      responseTimeoutInSeconds: 5,
    });
    clock.advance(5_000);
    await expect(silent).rejects.toMatchObject({ code: 'GatewayTimeout' });
    await expect(
      digitalTwins.command('d1', { name: 'a', payload: jsonTextOf(null), responseTimeoutInSeconds: Number.NaN }),
    ).rejects.toMatchObject({
      code: 'ArgumentInvalid',
    });
  });
});
