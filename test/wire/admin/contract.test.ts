import { startEmulator } from 'iothub-emulator';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../../emulator/index.ts';
import { type Operation, targetOf } from '../../../protocol/admin/operation.ts';
import { ADMIN_OPERATIONS } from '../../../protocol/admin/operations.ts';
import { sharedCa } from '../../support/programs/command.ts';

let emulator: Emulator;
let device: ReturnType<typeof clientFromConnectionString>;
beforeAll(async () => {
  const devices = [{ id: 'oven', tags: { hall: 4 }, modules: [{ id: 'filter' }] }];
  emulator = await startEmulator({ caDir: sharedCa, devices, clock: 'virtual', trust: 'process' });
  device = clientFromConnectionString(emulator.deviceConnectionString('oven'));
  await device.open();
  await device.getTwin();
  await emulator.openClass({ students: ['Ada'], lesson: 'queries' });
});
afterAll(async () => {
  await device.close();
  await emulator.close();
});

const OPERATIONS: Readonly<Record<string, Operation>> = ADMIN_OPERATIONS;
const MODULE = { deviceId: 'oven', moduleId: 'filter' };
const RULE = { id: 'slow', match: { path: '/jobs/*' }, effect: { type: 'delay', ms: 5 }, window: { afterMs: 1 } };

const ROUTE = { name: 'all', source: 'DeviceMessages', endpointNames: ['events'] };

/** One request for each operation with a JSON answer, in an order that fills lists before they are read. */
const CALLS: readonly { operation: string; params?: Record<string, string>; query?: object; body?: unknown }[] = [
  { operation: 'GET /health' },
  { operation: 'GET /ready' },
  { operation: 'GET /info' },
  { operation: 'GET /openapi.json' },
  { operation: 'GET /connection-string', query: { device: 'oven' } },
  { operation: 'POST /clock/advance', body: { by: '1s' } },
  { operation: 'GET /clock' },
  { operation: 'POST /clock/settle' },
  { operation: 'GET /clock/due' },
  { operation: 'POST /snapshots', body: { name: 'before' } },
  { operation: 'GET /snapshots' },
  { operation: 'POST /faults', body: [RULE, { effect: { type: 'drop' }, match: { device: 'other' } }] },
  { operation: 'GET /faults' },
  { operation: 'GET /connections' },
  { operation: 'GET /usage' },
  {
    operation: 'POST /dry-run/configuration',
    body: {
      configuration: { id: 'c', targetCondition: '*', content: { deviceContent: { 'properties.desired.rate': 5 } } },
    },
  },
  {
    operation: 'POST /dry-run/job',
    body: { job: { type: 'scheduleUpdateTwin', queryCondition: '*', updateTwin: { etag: '*', tags: { hall: 5 } } } },
  },
  { operation: 'GET /compare', query: { left: 'snapshot:before', right: 'hub:ada' } },
  { operation: 'GET /compare/twins', query: { left: 'oven', right: 'oven/filter' } },
  { operation: 'POST /trace' },
  { operation: 'GET /trace' },
  { operation: 'POST /trace/stop' },
  { operation: 'GET /templates' },
  { operation: 'POST /dry-run/seed', query: { mode: 'replace' }, body: { devices: ['lamp'] } },
  { operation: 'GET /hubs' },
  { operation: 'GET /emulators' },
  { operation: 'POST /hubs', body: { name: 'other' } },
  { operation: 'GET /drift' },
  { operation: 'GET /drift/:deviceId', params: MODULE },
  { operation: 'GET /drift/:deviceId/modules/:moduleId', params: MODULE },
  { operation: 'GET /lessons' },
  { operation: 'GET /lessons/:name', params: { name: 'queries' } },
  { operation: 'GET /class' },
  { operation: 'GET /events', query: { format: 'json' } },
  { operation: 'GET /traffic' },
  { operation: 'GET /traffic/:entry', params: { entry: '1' } },
  ...['', '/modules/:moduleId'].flatMap((module) => [
    { operation: `POST /messages/:deviceId${module}`, params: MODULE, body: { body: 'x', system: { ack: 'full' } } },
    { operation: `GET /messages/:deviceId${module}`, params: MODULE },
    { operation: `POST /messages/:deviceId${module}/receive`, params: MODULE },
    { operation: `DELETE /messages/:deviceId${module}`, params: MODULE },
  ]),
  { operation: 'GET /feedback' },
  { operation: 'GET /export' },
  { operation: 'GET /files/:deviceId', params: { deviceId: 'd1' } },
  { operation: 'GET /twins/:deviceId', params: { deviceId: 'oven' } },
  { operation: 'GET /twins/:deviceId/modules/:moduleId', params: MODULE },
  { operation: 'POST /evaluate', body: { kind: 'targetCondition', text: 'tags.hall = 4' } },
  { operation: 'POST /evaluate', body: { kind: 'routing', text: 'true' } },
  { operation: 'POST /explain', body: { query: 'SELECT * FROM devices WHERE tags.hall = 4' } },
  { operation: 'PUT /index', body: { lag: 'lag:30s' } },
  { operation: 'GET /index' },
  { operation: 'POST /index/release' },
  { operation: 'POST /index/caught-up' },
  { operation: 'PUT /routing', body: { routes: [ROUTE], fallbackRoute: { isEnabled: true } } },
  { operation: 'GET /routing' },
  { operation: 'GET /routing/health' },
  { operation: 'POST /routing/$testall', body: { message: { appProperties: { level: 'high' } } } },
  { operation: 'POST /routing/$testnew', body: { route: { condition: 'level =' } } },
  { operation: 'POST /seed', query: { mode: 'merge' }, body: { devices: ['lamp'] } },
  { operation: 'GET /trace' },
  { operation: 'POST /trace' },
  { operation: 'POST /trace/stop' },
  { operation: 'GET /history' },
  { operation: 'GET /history/:deviceId', params: { deviceId: 'oven' } },
  { operation: 'GET /history/:deviceId/modules/:moduleId', params: MODULE },
  { operation: 'GET /history/:deviceId/:version', params: { deviceId: 'oven', version: '1' } },
  { operation: 'GET /history/:deviceId/modules/:moduleId/:version', params: { ...MODULE, version: '1' } },
  { operation: 'GET /at/:moment/twins/:deviceId', params: { deviceId: 'oven', moment: '2026-01-01T00:00:01Z' } },
  {
    operation: 'GET /at/:moment/twins/:deviceId/modules/:moduleId',
    params: { ...MODULE, moment: '2026-01-01T00:00:01Z' },
  },
  {
    operation: 'POST /at/:moment/query',
    params: { moment: '2026-01-01T00:00:01Z' },
    body: { query: 'SELECT deviceId FROM devices' },
  },
  { operation: 'POST /import', query: { mode: 'merge' }, body: { devices: [{ deviceId: 'kiln' }] } },
];

test.each(CALLS)('$operation answers what its schema describes, and nothing else', async (call) => {
  const { method, path } = targetOf(call.operation, call);
  const body = call.body === undefined ? null : JSON.stringify(call.body);
  const answer = await (await fetch(`${emulator.adminUrl}${path}`, { method, body })).json();
  // members that a schema does not know are left out of what it gives
  expect(OPERATIONS[call.operation]?.answer?.parse(answer)).toEqual(answer);
});

test('every operation with a JSON answer is among them', () => {
  const answering = Object.entries(OPERATIONS).filter(([, { answer }]) => answer !== undefined);
  expect(answering.map(([name]) => name).sort()).toEqual([...new Set(CALLS.map(({ operation }) => operation))].sort());
});

test('the server has every operation', async () => {
  for (const operation of Object.keys(OPERATIONS)) {
    const { path } = targetOf(operation, {
      params: { ...MODULE, name: 'x', id: 'x', input: 'x', version: '1', moment: '1', hub: 'x', code: 'x', pid: '1' },
    });
    const { status, headers } = await fetch(`${emulator.adminUrl}${path}`, { method: 'PATCH' });
    expect([operation, status, headers.get('allow')?.split(', ')]).toEqual([
      operation,
      405,
      expect.arrayContaining([operation.split(' ')[0]]),
    ]);
  }
});

// https://spec.openapis.org/oas/v3.1.1.html#relative-references-in-api-description-uris: from the root of the document
test('no reference in the description leads to a place that the document lacks', async () => {
  const text = await (await fetch(`${emulator.adminUrl}/openapi.json`)).text();
  expect(text).not.toContain('"#/$defs/');
});
