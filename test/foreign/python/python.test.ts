import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../protocol/errors.ts';
import routing from '../../../scenarios/stories/21-routing.ts';
import whereDidItGo from '../../../scenarios/stories/22-where-did-it-go.ts';
import upload from '../../../scenarios/stories/23-upload.ts';
import eventHub from '../../../scenarios/stories/24-event-hub.ts';
import { stories } from '../../../scenarios/stories/index.ts';
import type { Story } from '../../../scenarios/story.ts';
import { connectDevice } from '../../support/hub/device-end.ts';
import { python } from '../../support/programs/python.ts';
import { startBlobs } from '../../support/wire/blob-stub.ts';
import { report } from '../exec.ts';
import { watchFlows } from '../support/flows.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { expectColumn, expectFlows } from '../support/table.ts';
import { connectBabbler, makeTroubles } from '../support/troubles.ts';

let hub: ForeignHub;
let flows: ReturnType<typeof watchFlows>;
let interpreter: string;
beforeAll(async () => {
  interpreter = await python();
  hub = await startHub({ feedbackInterval: '0s' });
  flows = watchFlows(hub.hub);
});
afterAll(async () => {
  expectColumn('Python', await hub.close());
  expectFlows('Python', flows.end());
});

const run = async (program: string, variables: Record<string, string>, args: readonly string[]) =>
  report(await runProgram([interpreter, '-B', join(import.meta.dirname, program), ...args], variables));

/** About the routes of the emulator, which Microsoft's SDKs do not know; uploads are in foreign/files. */
const UNTOLD: readonly Story[] = [routing, whereDidItGo, upload, eventHub];

test.each(['tcp', 'ws'])(
  "the stories of scenarios/stories happen on Microsoft's SDKs for Python over %s",
  async (transport) => {
    const sent: unknown[] = [];
    const stop = hub.hub.events.listen((event) => {
      if (event.type === 'telemetry') sent.push(event.message);
    });
    const told = await run('stories/tell.py', hub.emulator.env(), [transport]);
    stop();
    expect(Object.keys(Object(told)).sort()).toEqual(
      stories
        .filter((story) => !UNTOLD.includes(story))
        .map(({ title }) => title)
        .sort(),
    );
    flows.noteService(transport === 'ws' ? 'amqp-ws' : 'amqp', ['send']);
    flows.noteService('https', ['feedback']);
    expect(sent).toContainEqual({
      body: Buffer.from('{"temperature": 21.5}'),
      system: expect.objectContaining({
        messageId: "the Python story's message",
        contentType: 'application/json',
        contentEncoding: 'utf-8',
      }),
      properties: { alert: 'a b/c&d=é' },
    });
  },
);

test('every call of azure-iot-hub is answered, except those with a reason', async () => {
  await using blobs = await startBlobs();
  const id = `d-${randomUUID()}`;
  const variables = hub.device(id);
  const answer = (name: string, payload: unknown) => ({ status: 207, payload: JSON.stringify([name, payload]) });
  connectDevice(hub.hub, id, answer, 'dtmi:com:example:Thermostat;1');
  const stop = hub.hub.events.listen((event) => {
    if (event.type === 'identity.created' && event.key === `${id}/sas`) connectDevice(hub.hub, event.key, answer);
  });
  hub.hub.inbox.enqueue(id, { body: Buffer.from('x'), properties: {}, system: { messageId: 'm1', ack: 'full' } });
  hub.hub.inbox.purge(id);
  const told = await run('service_calls.py', variables, [id, blobs.container('box')]);
  stop();
  expect(told).toEqual({
    sas: [true, 'disabled', 'spare'],
    x509: ['selfSigned', 'B'],
    ca: ['certificateAuthority', 'disabled'],
    listed: ['', '-a', '-ca', '-x'],
    statistics: true,
    connected: true,
    bulk: [true, false, true, `A device with ID '${id}-0' is already registered.`],
    modules: { sas: 'someone else', x509: 'nobody', ca: 'the last' },
    module: 'selfSigned',
    module_twin: [{ rate: 3, $version: 2 }, { $version: 3 }, { floor: 1 }],
    twin: [{ floor: 3 }, { place: 'yard' }, { rate: 5, old: true, $version: 2 }, { $version: 3 }],
    pages: [[2, 2], ['-0', '-1', '-2', '-ca'], 'Twin'],
    raw: ['Raw', { n: 1 }],
    methods: [
      [207, '["wave",{"times":2}]'],
      [207, '["wave",""]'],
      [207, '["wave",{"times":2}]'],
    ],
    cancelled: 'cancelled',
    jobs: [
      ['scheduleUpdateTwin', 'completed', 1],
      ['scheduleDeviceMethod', 'completed', 1],
    ],
    job_query: 'DeserializationError',
    tested: [true, {}],
    conflict: 409,
    configuration: 2,
    configurations: ['night'],
    applied: { schemaVersion: '1.1', $version: 2 },
    digital_twin: [true, 'dtmi:com:example:Thermostat;1'],
    commands: ['["reboot","now"]', '["valve*open",{"percent":50}]'],
    export: ['enqueued', 'completed', 100],
    exported: true,
    cancelled_too_late: 404,
    unsent: ['Exception', 'C2D message send failure'],
    feedback: [true, [['m1', 'Purged']]],
    completed_twice: 412,
    uncalled: [],
    excused: [],
  });
  const { inbox } = hub.hub;
  expect(inbox.list(id).map(({ item }) => ({ ...item, body: Buffer.from(item.body).toString('hex') }))).toEqual([
    {
      body: Buffer.from('come in').toString('hex'),
      properties: { floor: '3' },
      system: expect.objectContaining({
        messageId: 'm2',
        correlationId: 'c2',
        contentType: 'text/plain',
        contentEncoding: 'utf-8',
        ack: 'full',
      }),
    },
    { body: '00ff', properties: {}, system: expect.objectContaining({ expiryTimeUtc: expect.any(String) }) },
  ]);
});

// classes: azure/iot/device/exceptions.py of 2.14.0; azure-iot-hub 2.7.0 has one for all statuses
describe("Microsoft's SDKs for Python", () => {
  const troubles: readonly ErrorCode[] = [
    'IotHubQuotaExceeded',
    'DeviceNotOnline',
    'ThrottlingException',
    'ServerError',
    'ServiceUnavailable',
  ];
  beforeAll(() => makeTroubles(hub.hub, troubles));

  test.concurrent.each(['tcp', 'ws'])('raise every error that a hub can cause, over %s', async (transport) => {
    const id = `d-${randomUUID()}`;
    const variables = hub.device(id);
    const mute = `${id}-mute`;
    hub.device(mute);
    connectBabbler(hub.hub, mute);
    expect(await run('refusals.py', variables, [transport, id, mute, ...troubles])).toEqual({
      reported: 'ClientError',
      away: 'NoConnectionError',
      lost: 'ConnectionFailedError',
      argument: ['HttpOperationError', 400],
      absent: ['HttpOperationError', 404],
      exists: ['HttpOperationError', 409],
      etag: ['HttpOperationError', 412],
      silent: ['HttpOperationError', 504],
      babbling: ['HttpOperationError', 502],
      IotHubQuotaExceeded: ['HttpOperationError', 403],
      DeviceNotOnline: ['HttpOperationError', 404],
      ThrottlingException: ['HttpOperationError', 429],
      // msrest gives up and does not show the answer
      ServerError: 'ClientRequestError',
      ServiceUnavailable: 'ClientRequestError',
    });
  });
});
