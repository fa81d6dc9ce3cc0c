import { expect, test } from 'vitest';
import { newHub } from '../../support/hub/hub.ts';

const world = (name: { deviceId: string; moduleId?: string }) => {
  const { hub, events } = newHub();
  hub.registry.create({ deviceId: name.deviceId }, {});
  if (name.moduleId !== undefined) hub.registry.create(name, {});
  const sent = () => events.flatMap((event) => (event.type === 'telemetry' ? [event.message] : []));
  return { hub, sent };
};

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct#system-properties-of-d2c-iot-hub-messages
test('the hub stamps a message with the identity that sent it, whatever the message says', () => {
  const { hub, sent } = world({ deviceId: 'd1' });
  hub.twins.announceModel('d1', 'dtmi:com:example:Thermostat;1');
  const system = { messageId: '1', connectionDeviceId: 'other', connectionModuleId: 'm9', dataSchema: 'dtmi:other;1' };
  hub.telemetry.receive('d1', { body: new Uint8Array([1]), properties: { a: 'b' }, system });
  expect(sent()).toEqual([
    {
      body: new Uint8Array([1]),
      properties: { a: 'b' },
      system: {
        messageId: '1',
        connectionDeviceId: 'd1',
        connectionAuthMethod: '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
        connectionDeviceGenerationId: hub.registry.get('d1').identity.generationId,
        enqueuedTime: '2026-01-01T00:00:00Z',
        messageSource: 'Telemetry',
        dataSchema: 'dtmi:com:example:Thermostat;1',
      },
    },
  ]);
});

test('a message of a module names both', () => {
  const { hub, sent } = world({ deviceId: 'd1', moduleId: 'm1' });
  hub.telemetry.receive('d1/m1', { body: new Uint8Array(), properties: {}, system: {} });
  expect(sent()).toMatchObject([{ system: { connectionDeviceId: 'd1', connectionModuleId: 'm1' } }]);
});
