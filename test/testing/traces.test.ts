import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForTests, TestHub } from 'iothub-emulator/testing';
import { expect, test, vi } from 'vitest';
import { failureReport } from '../../emulator/testing/failure-report.ts';
import { sharedCa } from '../support/programs/command.ts';

test('a test that fails leaves its trace and prints the line that replays it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'failures-'));
  vi.stubEnv('IOTHUB_TRACE', 'failures');
  vi.stubEnv('IOTHUB_TRACE_FOLDER', folder);
  await using emulator = await startForTests({ caDir: sharedCa, devices: ['oven'] });
  await using iotHub = new TestHub(emulator.fork());
  iotHub.device('oven').desire({ celsius: 220 });
  await iotHub.advance('1h');
  iotHub.hub.twins.report('oven', { celsius: 180 });
  const report = failureReport(iotHub);
  const [name = ''] = readdirSync(folder);
  expect(report).toContain(`to replay it:\n    npx iothub-emulator replay `);
  expect(report).toContain(name);
  const { hub, clock, isEqual } = await iotHub.replay(join(folder, name));
  expect(isEqual).toBe(true);
  expect(clock.now()).toBe(Date.parse('2026-01-01T01:00:00Z'));
  expect(hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 180 });
  vi.unstubAllEnvs();
});

test('the history of a device is part of the test kit', async () => {
  await using emulator = await startForTests({ caDir: sharedCa, devices: ['oven'] });
  await using iotHub = new TestHub(emulator.fork());
  iotHub.device('oven').tag({ hall: 4 });
  iotHub.hub.twins.report('oven', { celsius: 180 });
  expect(iotHub.history('oven')).toMatchObject([
    { version: 1, by: 'start', changes: [] },
    { version: 2, by: 'program', changes: [{ path: 'tags', after: { hall: 4 } }] },
    { version: 3, by: 'device oven', changes: [{ path: 'properties.reported.celsius', after: 180 }] },
  ]);
});

test('a trace can go on with other faults', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'failures-'));
  vi.stubEnv('IOTHUB_TRACE', 'failures');
  vi.stubEnv('IOTHUB_TRACE_FOLDER', folder);
  await using emulator = await startForTests({ caDir: sharedCa, devices: ['oven'] });
  await using iotHub = new TestHub(emulator.fork());
  const session = { key: 'oven', protocol: 'mqtt', deliver: () => {}, close: () => {} };
  iotHub.hub.sessions.open(session, { resume: false });
  for (const celsius of [180, 220]) iotHub.hub.twins.report('oven', { celsius });
  failureReport(iotHub);
  vi.unstubAllEnvs();
  const [name = ''] = readdirSync(folder);
  const then = [{ match: { operation: 'twin.report', nth: 2 }, effect: { type: 'throttle' } }] as const;
  const { changes } = await iotHub.replay(join(folder, name), { then });
  expect(changes?.first).toMatchObject({
    recorded: { type: 'twin.reported', patch: { celsius: 220 } },
    instead: undefined,
  });
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.reported.celsius', before: 220, after: 180 }]);
});
