import { expect, test } from 'vitest';
import { usageReport } from '../../../emulator/hub/tiers/usage-report.ts';
import { HubError } from '../../../protocol/errors.ts';
import { readTier } from '../../../protocol/tier.ts';
import { newHub, newSession } from '../../support/hub/hub.ts';

const telemetry = (bytes: number) => ({ body: Buffer.alloc(bytes), properties: {}, system: {} });

// https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-pricing#charges-per-operation
test.each([
  [100, 1, 1],
  [4096, 1, 8],
  [6 * 1024, 2, 12],
  [0, 1, 1],
])('a message of %i bytes is charged as %i of 4 KB or %i of 0.5 KB', (bytes, large, small) => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  hub.telemetry.receive('d1', telemetry(bytes));
  expect(hub.usage.of('deviceToCloud').messages).toEqual({ large, small });
});

test('a method is charged by its request and by its answer', async () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const { session, heard } = newSession('d1');
  hub.sessions.open(session, { resume: false });
  hub.sessions.subscribe(session, 'methods');
  const answer = hub.methods.invoke('d1', { methodName: 'm', payload: 'x'.repeat(6 * 1024) });
  const [call] = heard;
  if (call?.type !== 'method') throw new Error('The device was not called.');
  hub.methods.respond('d1', call.requestId, { status: 200, payload: { value: 'y', text: '"y"' } });
  await answer;
  expect(hub.usage.of('methods')).toMatchObject({ operations: 1, peak: 8192, messages: { large: 3 } });
});

test('a method of a device that is not connected is charged as a request and an answer', async () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  await expect(hub.methods.invoke('d1', { methodName: 'm' })).rejects.toMatchObject({ code: 'DeviceNotOnline' });
  expect(hub.usage.of('methods').messages.large).toBe(2);
});

test('a message to a device is charged by its size without what the hub adds', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const to = '/devices/d1/messages/deviceBound';
  hub.inbox.send({ body: Buffer.alloc(4096 - to.length), properties: {}, system: { to } });
  expect(hub.usage.of('cloudToDevice')).toMatchObject({ operations: 1, bytes: 4096, messages: { large: 1 } });
});

test('the peak is the busiest second, whenever it was', () => {
  const { hub, clock } = newHub();
  const updates = [3, 71, 5, 0, 71];
  for (const count of updates) {
    for (let i = 0; i < count; i++) hub.usage.count('twinUpdates', 100);
    clock.advance(1000);
  }
  expect(hub.usage.of('twinUpdates')).toMatchObject({
    operations: 150,
    peak: 71,
    peakAt: Date.parse('2026-01-01T00:00:01Z'),
  });
});

test('a minute is counted for what is throttled by the minute', () => {
  const { hub, clock } = newHub();
  for (let i = 0; i < 90; i++) {
    hub.usage.count('queries', 10);
    clock.advance(1000);
  }
  expect(hub.usage.of('queries')).toMatchObject({ operations: 90, peak: 60 });
});

test.each([
  [40, 'This run would need F1.'],
  [71, 'This run would need S2 × 15 or S3: twin updates peaked at 71/s, of which S2 allows 50/s.'],
  [800, 'This run would need S2 × 160 or S3 × 4: twin updates peaked at 800/s, of which S2 allows 50/s.'],
  [9000, 'No tier of the service would be enough for this run.'],
])('%i twin updates in a second', (count, summary) => {
  const { hub } = newHub();
  for (let i = 0; i < count; i++) hub.usage.count('twinUpdates', 100);
  expect(usageReport(hub.usage, hub.tiers).summary).toBe(summary);
});

test.each([
  [8000, 'This run would need F1.'],
  [9000, 'This run would need B1: 9000 messages were charged on one day, of which F1 has 8000.'],
  [
    1_000_000,
    'This run would need B1 × 3 or S2 or S3: 1000000 messages were charged on one day, of which B1 has 400000.',
  ],
])('%i messages in a day', (count, summary) => {
  const { hub, clock } = newHub();
  for (let i = 0; i < count; i++) {
    if (i % 50 === 0) clock.advance(1000);
    hub.usage.count('deviceToCloud', 100);
  }
  expect(usageReport(hub.usage, hub.tiers).summary).toBe(summary);
});

test('the busiest day decides about the quota', () => {
  const { hub, clock } = newHub();
  for (let hour = 0; hour < 24; hour++) {
    for (let i = 0; i < 100; i++) {
      hub.usage.charge('deviceToCloud', 4096 * 200);
    }
    clock.advance(3_600_000);
  }
  hub.usage.count('deviceToCloud', 1);
  const { needs, today, messages } = usageReport(hub.usage, hub.tiers);
  expect({ messages: messages.large, today: today.large }).toEqual({ messages: 480_001, today: 1 });
  expect(needs.map(({ tier, units }) => [tier, units])).toEqual([
    ['F1', null],
    ['B1', 2],
    ['S1', 2],
    ['B2', 1],
    ['S2', 1],
    ['B3', 1],
    ['S3', 1],
  ]);
});

// https://azure.microsoft.com/pricing/details/iot-hub: 8,000 messages a day
test('a quota that was used up to the last message was not enough for what was refused then', () => {
  const { hub } = newHub({ tier: readTier('F1') });
  hub.usage.count('deviceToCloud', 8000 * 512);
  expect(usageReport(hub.usage, hub.tiers).summary).toBe('This run would need F1.');
  expect(hub.tiers.admit({ operation: 'telemetry' })).toMatchObject({ code: 'IotHubQuotaExceeded' });
  expect(usageReport(hub.usage, hub.tiers).summary).toBe(
    'This run would need B1: 8000 messages were charged on one day and more were refused, of which F1 has 8000.',
  );
});

// https://azure.microsoft.com/pricing/details/iot-hub: device twins are not in the basic tiers
test('what a basic tier does not have is counted as refused, and rules it out', () => {
  const { hub } = newHub({ tier: readTier('B1') });
  expect(hub.tiers.admit({ operation: 'twin.get' })).toMatchObject({ code: 'OperationNotAvailableInCurrentTier' });
  const { throttles, needs } = usageReport(hub.usage, hub.tiers);
  expect(throttles).toMatchObject([{ name: 'twinReads', operations: 0, refused: 1, allowed: 'none' }]);
  expect(needs.find(({ tier }) => tier === 'B1')).toEqual({ tier: 'B1', units: null, because: 'B1 has no twin reads' });
});

test('over the quota of the day, what is charged is refused until the next UTC day', () => {
  const { hub, clock } = newHub({ tier: readTier('F1'), hostName: 'contoso.azure-devices.net' });
  clock.advance(12 * 3_600_000);
  hub.usage.charge('deviceToCloud', 8000 * 512);
  // https://learn.microsoft.com/azure/azure-percept: the text of the service
  expect(hub.tiers.admit({ operation: 'telemetry', protocol: 'mqtt' })).toMatchObject({
    code: 'IotHubQuotaExceeded',
    number: 403002,
    text:
      "Total number of messages on IotHub 'contoso' exceeded the allocated quota. Max allowed message count: '8000', " +
      "current message count: '8000'. Send and Receive operations are blocked for this hub until the next UTC day. " +
      'Consider increasing the units for this hub to increase the quota.',
  });
  expect(hub.tiers.admit({ operation: 'twin.get' })).toBeInstanceOf(HubError);
  expect(hub.tiers.admit({ operation: 'GET /devices' })).toBe(0);
  clock.advance(12 * 3_600_000);
  expect(hub.tiers.admit({ operation: 'telemetry', protocol: 'mqtt' })).toBe(0);
});

test.each([
  ['S1', { activeJobs: 1 }],
  ['S2', { activeJobs: 5 }],
  ['S3', {}],
])('%s', async (text, expected) => {
  const { tierLimits } = await import('../../../emulator/hub/tiers/quotas.ts');
  const tier = readTier(text);
  expect(tier && tierLimits(tier.name)).toEqual(expected);
});

test.each([
  ['S1', { name: 'S1', units: 1 }],
  ['s1x2', { name: 'S1', units: 2 }],
  ['S3×10', { name: 'S3', units: 10 }],
  ['F1x2', undefined],
  ['S3x11', undefined],
  ['S1x0', undefined],
  ['S4', undefined],
  ['off', undefined],
])('%s as a tier', (text, tier) => {
  expect(readTier(text)).toEqual(tier);
});
