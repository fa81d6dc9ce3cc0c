import { hubFixtures } from 'iothub-emulator/testing';
import { test as base, expect } from 'vitest';

const test = base.extend(hubFixtures({ devices: ['oven', 'lamp'] }));

const message = (text: string, properties = {}) => ({ body: Buffer.from(text), properties, system: {} });

test('a test reads what reaches an event hub', async ({ iotHub }) => {
  const { hub } = iotHub;
  hub.router.replace({
    endpoints: { eventHubs: [{ name: 'hot' }] },
    routes: [{ name: 'alarms', source: 'DeviceMessages', condition: "level = 'high'", endpointNames: ['hot'] }],
    fallbackRoute: { isEnabled: true },
  });
  hub.telemetry.receive('oven', message('1', { level: 'high' }));
  hub.telemetry.receive('lamp', message('2', { level: 'high' }));
  const texts: string[] = [];
  for await (const { body } of iotHub.device('oven').received('hot')) {
    texts.push(Buffer.from(body).toString());
    if (texts.length === 1) setImmediate(() => hub.telemetry.receive('oven', message('3', { level: 'high' })));
    else break;
  }
  expect(texts).toEqual(['1', '3']);
});

test('each fork has event hubs and a connection string of its own', ({ iotHub }) => {
  expect(iotHub.eventsConnectionString()).toMatch(/^Endpoint=sb:\/\/p\d+-fork-\d+\.hub\.localhost\/;.*EntityPath=/);
  expect(() => iotHub.eventsConnectionString('cold')).toThrow('There is no endpoint cold; there are events');
});
