import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, VirtualClock } from 'iothub-emulator';
import {
  clientFromConnectionString,
  type DeviceMethodRequest,
  type DeviceMethodResponse,
} from 'iothub-emulator/device';
import { Client, Registry } from 'iothub-emulator/service';
import { beforeAll, expect, test } from 'vitest';
import { type ReplayOptions, replay } from '../../emulator/traces/replay.ts';
import { sharedCa } from '../support/programs/command.ts';

// shorthand: linters take `then: …` for a promise
const withFaults = (then: ReplayOptions['then']): ReplayOptions => ({ then });

const folder = mkdtempSync(join(tmpdir(), 'what-if-'));
const file = join(folder, 'run.trace');

/** An oven over MQTT: the service wants 90 and 120, the device reports each; a method; a message to the device. */
beforeAll(async () => {
  const clock = new VirtualClock();
  await using emulator = await startEmulator({
    caDir: sharedCa,
    devices: ['oven'],
    clock,
    record: file,
    trust: 'process',
  });
  const device = clientFromConnectionString(emulator.deviceConnectionString('oven'));
  await device.open();
  const taken = new Promise<void>((done) => {
    device.on('message', (message) => void device.complete(message).then(() => done()));
  });
  device.onDeviceMethod(
    'clean',
    (_: DeviceMethodRequest, response: DeviceMethodResponse) => void response.send(200, { clean: true }),
  );
  const twin = await device.getTwin();
  const registry = Registry.fromConnectionString(emulator.connectionString());
  for (const celsius of [90, 120]) {
    await registry.updateTwin('oven', { properties: { desired: { celsius } } }, '*');
    await new Promise<void>((done, fail) =>
      twin.properties.reported.update({ celsius }, (error: Error | undefined) => (error ? fail(error) : done())),
    );
    clock.advance(60_000);
  }
  const service = Client.fromConnectionString(emulator.connectionString());
  await service.invokeDeviceMethod('oven', { methodName: 'clean', payload: {} });
  await service.invokeDeviceMethod('oven', { methodName: 'clean', payload: {} });
  await service.open();
  await service.send('oven', 'hot');
  await taken;
  await emulator.settle();
  await service.close();
  await device.close();
  await emulator.settle();
});

test('without a fault that strikes, nothing is different', async () => {
  const { changes, deviation } = await replay(file, withFaults([]));
  expect(deviation).toBeUndefined();
  expect(changes).toEqual({ first: undefined, events: [], twins: [], faults: [], delayed: 0 });
});

test('a report that is refused is the first event that differs, and its value is missing at the end', async () => {
  const then = [
    { match: { operation: 'twin.report', nth: 2 }, effect: { type: 'error', code: 'ServiceUnavailable' } },
  ] as const;
  const { changes, hub } = await replay(file, { then });
  expect(changes?.first).toMatchObject({
    recorded: { type: 'twin.reported', key: 'oven', patch: { celsius: 120 } },
    instead: undefined,
  });
  expect(changes?.events).toEqual([{ type: 'twin.reported', recorded: 2, instead: 1 }]);
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.reported.celsius', before: 120, after: 90 }]);
  expect(changes?.faults).toMatchObject([{ id: 'fault-1', matched: 2, struck: 1 }]);
  expect(hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 90 });
});

test('a file of rules applies from the moment on that is chosen', async () => {
  const rules = join(folder, 'fault.yaml');
  writeFileSync(rules, 'faults:\n  - match: { operation: rest, path: /twins/* }\n    effect: { type: throttle }\n');
  const { changes } = await replay(file, { ...withFaults(rules), until: '2026-01-01T00:00:00Z' });
  expect(changes?.first).toMatchObject({
    recorded: { type: 'twin.updated', key: 'oven', patch: { desired: { celsius: 120 } } },
    instead: undefined,
  });
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.desired.celsius', before: 120, after: 90 }]);
  const whole = await replay(file, withFaults(rules));
  expect(whole.changes?.twins).toEqual([{ key: 'oven', path: 'properties.desired.celsius', before: 120 }]);
});

test('a condition on twins can choose the moment', async () => {
  const then = [{ match: { operation: 'twin.report' }, effect: { type: 'throttle' } }] as const;
  const { changes } = await replay(file, { then, breakOn: 'properties.reported.celsius = 90' });
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.reported.celsius', before: 120, after: 90 }]);
});

test('a call that is lost on its way is not answered, and the next one is answered as it was', async () => {
  const then = [{ match: { operation: 'method', times: 1 }, effect: { type: 'drop' } }] as const;
  const { changes } = await replay(file, { then });
  expect(changes?.first).toMatchObject({ recorded: { type: 'method.answered', status: 200 }, instead: undefined });
  expect(changes?.events).toEqual([
    { type: 'method.answered', recorded: 2, instead: 1 },
    { type: 'method.failed', recorded: 0, instead: 1 }, // when the device leaves
  ]);
});

test('a call that is refused before it reaches the hub leaves the answers of the others in their places', async () => {
  const then = [
    { match: { path: '/twins/oven/methods', times: 1 }, effect: { type: 'error', code: 'ServerError' } },
  ] as const;
  const { changes } = await replay(file, { then });
  expect(changes?.first).toMatchObject({ recorded: { type: 'method.called' }, instead: undefined });
  expect(changes?.events).toEqual([
    { type: 'method.called', recorded: 2, instead: 1 },
    { type: 'method.answered', recorded: 2, instead: 1 },
  ]);
});

test('a connection that ends is silent until its device connects again', async () => {
  const then = [
    { match: { operation: 'twin.report', times: 1 }, effect: { type: 'disconnect', when: 'after' } },
  ] as const;
  const { changes } = await replay(file, { then });
  expect(changes?.first).toMatchObject({
    recorded: undefined,
    instead: { type: 'session.closed', key: 'oven', reason: 'lost' },
  });
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.reported.celsius', before: 120, after: 90 }]);
});

test('an operation that is delayed happens later on the clock of the trace', async () => {
  const then = [{ match: { operation: 'twin.report', nth: 1 }, effect: { type: 'delay', ms: 90_000 } }] as const;
  const { changes, hub } = await replay(file, { then });
  expect(changes?.first).toMatchObject({
    recorded: { type: 'twin.reported', patch: { celsius: 90 } },
    instead: undefined,
  });
  expect(changes?.twins).toEqual([{ key: 'oven', path: 'properties.reported.celsius', before: 120, after: 90 }]);
  expect(hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 90 });
  const never = [{ match: { operation: 'twin.report', nth: 1 }, effect: { type: 'delay', ms: 3_600_000 } }] as const;
  expect((await replay(file, withFaults(never))).changes?.delayed).toBe(1);
});

test('a message from the cloud that comes twice is two messages', async () => {
  const then = [{ match: { operation: 'c2d.send' }, effect: { type: 'duplicate' } }] as const;
  const { changes } = await replay(file, { then });
  expect(changes?.events).toContainEqual({ type: 'c2d.enqueued', recorded: 1, instead: 2 });
});

test.each([
  ['a rule that is not valid', 'effect: { type: explode }', /rules.yaml: effect: type: Invalid/],
  ['YAML that cannot be read', 'effect: {', /rules.yaml: /],
])('%s is refused with its place', async (_, text, message) => {
  const rules = join(folder, 'rules.yaml');
  writeFileSync(rules, text);
  await expect(replay(file, withFaults(rules))).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message),
  });
});
