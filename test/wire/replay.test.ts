import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startEmulator, VirtualClock } from 'iothub-emulator';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { expect, test } from 'vitest';
import { exportFleet } from '../../emulator/hub/snapshots/fleet-document.ts';
import { maskedText } from '../../emulator/hub/trace/trace.ts';
import { replay } from '../../emulator/traces/replay.ts';
import { newSession } from '../support/hub/hub.ts';
import { sharedCa } from '../support/programs/command.ts';

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'trace-')), 'run.trace');

/** A device over MQTT reports and sends, and a service app patches its twin. */
const run = async (file: string, clock: VirtualClock | 'system'): Promise<string> => {
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock, record: file, trust: 'process' });
  const device = clientFromConnectionString(emulator.deviceConnectionString('oven'));
  await device.open();
  const twin = await device.getTwin();
  for (const celsius of [20, 90, 120]) {
    emulator.hub.twins.patch('oven', { properties: { desired: { celsius } } });
    await new Promise<void>((done, fail) =>
      twin.properties.reported.update({ celsius }, (error: Error | undefined) => (error ? fail(error) : done())),
    );
    if (clock instanceof VirtualClock) clock.advance(1000);
  }
  await device.close();
  await emulator.settle();
  const text = maskedText(exportFleet(emulator.hub));
  await emulator.close();
  return text;
};

test.each(['virtual', 'system'] as const)(
  'a run with a %s clock is replayed to the same export, byte for byte',
  async (which) => {
    const file = newFile();
    const text = await run(file, which === 'virtual' ? new VirtualClock() : 'system');
    const { hub, deviation, isEqual, stopped } = await replay(file);
    expect(deviation).toBeUndefined();
    expect(stopped).toBe('end');
    expect(isEqual).toBe(true);
    expect(maskedText(exportFleet(hub))).toBe(text);
  },
);

test('a replay stops when a condition on twins becomes true, at a time, or after an event', async () => {
  const file = newFile();
  await run(file, new VirtualClock());
  const broken = await replay(file, { breakOn: 'properties.reported.celsius > 80' });
  expect([broken.stopped, broken.key]).toEqual(['break', 'oven']);
  expect(broken.hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 90 });
  const early = await replay(file, { until: '2026-01-01T00:00:00Z' });
  expect(early.hub.twins.get('oven').twin.reported.values).toEqual({ celsius: 20 });
  const first = await replay(file, { until: '2' });
  expect([first.stopped, first.event]).toEqual(['until', 2]);
});

test('a replay stops at a time within an advance of the clock, before what happens later on the way', async () => {
  const file = newFile();
  const clock = new VirtualClock('2030-01-01T00:00:00Z');
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock, record: file });
  emulator.hub.jobs.create('night', {
    type: 'scheduleUpdateTwin',
    queryCondition: "deviceId = 'oven'",
    updateTwin: { etag: '*', tags: { lit: true } },
    startTime: '2030-01-01T00:45:00Z',
    maxExecutionTimeInSeconds: 60,
  });
  clock.advance(60 * 60 * 1000);
  await emulator.close();
  const tagsAt = async (until: string, options = {}) => {
    const replayed = await replay(file, { until, ...options });
    expect(replayed.deviation).toBeUndefined();
    return [new Date(replayed.clock.now()).toISOString(), replayed.hub.twins.get('oven').twin.tags];
  };
  expect(await tagsAt('2030-01-01T00:30:00Z')).toEqual(['2030-01-01T00:30:00.000Z', undefined]);
  expect(await tagsAt('2030-01-01T00:45:00Z')).toEqual(['2030-01-01T00:45:00.000Z', { lit: true }]);
  expect(await tagsAt('2030-01-01T01:00:00Z', { compares: true })).toEqual(['2030-01-01T01:00:00.000Z', { lit: true }]);
  const { changes } = await replay(file, {
    until: '2030-01-01T00:30:00Z',
    ...Object.fromEntries([['then', []]]), // linters take an object with `then` for a promise
  });
  expect(changes).toMatchObject({ first: undefined, events: [], twins: [] });
});

test('when a replay goes on within an advance of the clock, devices do once what they did', async () => {
  const file = newFile();
  const clock = new VirtualClock('2030-01-01T00:00:00Z');
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock, record: file });
  const { hub } = emulator;
  let answers = 0;
  const obedient = { ...newSession('oven').session, deliver: () => hub.twins.report('oven', { answers: ++answers }) };
  hub.sessions.open(obedient, { resume: false });
  hub.sessions.subscribe(obedient, 'desired');
  for (const minute of [15, 45])
    hub.jobs.create(`at-${minute}`, {
      type: 'scheduleUpdateTwin',
      queryCondition: "deviceId = 'oven'",
      updateTwin: { etag: '*', properties: { desired: { minute } } },
      startTime: `2030-01-01T00:${minute}:00Z`,
      maxExecutionTimeInSeconds: 60,
    });
  clock.advance(60 * 60 * 1000);
  await emulator.close();
  const replayed = await replay(file, { until: '2030-01-01T00:30:00Z', ...Object.fromEntries([['then', []]]) });
  expect(replayed.hub.twins.get('oven').twin.reported.values).toEqual({ answers: 2 });
  expect(replayed.changes).toMatchObject({ first: undefined, events: [], twins: [] });
});

test('a trace that is still recorded can be replayed as far as it goes, as after kill -9', async () => {
  const file = newFile();
  await using emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  emulator.hub.twins.patch('oven', { tags: { hall: 4 } });
  await expect.poll(() => replay(file).catch(() => undefined)).toMatchObject({ stopped: 'end', inputs: 1 });
  const { hub, isEqual } = await replay(file);
  expect(hub.twins.get('oven').twin.tags).toEqual({ hall: 4 });
  expect(isEqual).toBeUndefined();
});

test('text with the line separators of Unicode, which JSON has as they are, is replayed', async () => {
  const file = newFile();
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  emulator.hub.twins.patch('oven', { tags: { note: 'one\u2028two\u2029three\u0085four\r\nfive' } });
  emulator.hub.twins.patch('oven', { tags: { after: true } });
  await emulator.close();
  const { hub, isEqual } = await replay(file);
  expect(hub.twins.get('oven').twin.tags).toEqual({
    note: 'one\u2028two\u2029three\u0085four\r\nfive',
    after: true,
  });
  expect(isEqual).toBe(true);
});

test('a trace holds no keys', async () => {
  const file = newFile();
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  const key = emulator.hub.registry.get('oven').identity.authentication.primaryKey;
  emulator.hub.registry.create(
    { deviceId: 'own' },
    {
      authentication: {
        symmetricKey: { primaryKey: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ=', secondaryKey: 'c2VjcmV0LXNlY3JldC1zZWNyZXQ=' },
      },
    },
  );
  await emulator.close();
  const text = gunzipSync(readFileSync(file)).toString();
  expect(text).toContain('registry.create');
  expect(text).not.toContain(key);
  expect(text).not.toContain('c2VjcmV0');
});

test.each([
  ['empty', ''],
  ['no trace', 'hello'],
])('a file that is %s is refused in words', async (_, content) => {
  const file = newFile();
  await import('node:fs/promises').then(({ writeFile }) => writeFile(file, content));
  await expect(replay(file)).rejects.toMatchObject({ name: 'UsageError' });
});

/** The lines of a trace of a hub with the device `oven`, which reports twice. */
const recorded = async (): Promise<string[]> => {
  const file = newFile();
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  emulator.hub.twins.report('oven', { celsius: 20 });
  emulator.hub.twins.report('oven', { celsius: 90 });
  await emulator.close();
  return gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
};

const fileOf = (lines: readonly string[]): string => {
  const file = newFile();
  writeFileSync(file, gzipSync(lines.join('\n')));
  return file;
};

test('a trace of which a line is damaged is not taken for one of a killed emulator', async () => {
  const lines = await recorded();
  const at = lines.findIndex((line) => line.includes('"input":1'));
  const damaged = lines.with(at, lines[at]?.slice(5) ?? '');
  await expect(replay(fileOf(damaged))).rejects.toThrow(`is damaged: its line ${at + 1} is not JSON`);
  const cutOff = await replay(fileOf([...lines.slice(0, at + 1), lines[at]?.slice(0, 5) ?? '']));
  expect([cutOff.stopped, cutOff.inputs]).toEqual(['end', 1]);
});

test('a trace that has not all of the state with which it begins is refused', async () => {
  const lines = await recorded();
  const rows = lines.filter((line) => line.startsWith('{"row"')).length;
  const problem = 'rows of a state of the hub are missing';
  await expect(replay(fileOf(lines.slice(0, rows)))).rejects.toThrow(problem);
  await expect(replay(fileOf(lines.toSpliced(3, 1)))).rejects.toThrow(problem);
});

test('a trace that has not all of a state to which the hub was restored is refused', async () => {
  const file = newFile();
  const emulator = await startEmulator({ caDir: sharedCa, devices: ['oven'], clock: 'virtual', record: file });
  emulator.snapshots.reset();
  await emulator.close();
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
  const restored = lines.findIndex((line) => line.startsWith('{"restored"'));
  expect((await replay(fileOf(lines))).hub.registry.get('oven').identity.deviceId).toBe('oven');
  await expect(replay(fileOf(lines.slice(0, restored + 2)))).rejects.toThrow('rows of a state of the hub are missing');
});

test('a trace whose compression is damaged is refused, and so is a file that is not compressed', async () => {
  const file = fileOf(await recorded());
  const bytes = readFileSync(file);
  bytes[bytes.length - 6] = (bytes.at(-6) ?? 0) ^ 1; // of the checksum: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1
  writeFileSync(file, bytes);
  await expect(replay(file)).rejects.toThrow(/is damaged after its line \d+: incorrect data check/);
  writeFileSync(file, 'text');
  await expect(replay(file)).rejects.toThrow('is not a trace: record one with --record');
  await expect(replay(fileOf(['{"trace":1}']))).rejects.toThrow('is not a trace: record one with --record');
});
