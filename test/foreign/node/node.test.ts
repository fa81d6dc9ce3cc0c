import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../protocol/errors.ts';
import type { FaultEffect, FaultOperation } from '../../../protocol/fault.ts';
import { connectDevice } from '../../support/hub/device-end.ts';
import { startBlobs } from '../../support/wire/blob-stub.ts';
import { selfSigned } from '../../support/wire/device-certificates.ts';
import { at, type ForeignHub, startHub } from '../support/hub.ts';
import { expectColumn, isNotOfMessages } from '../support/table.ts';
import { connectBabbler, makeTroubles } from '../support/troubles.ts';
import { compareCalls } from './calls.ts';
import { errorsIn, raisable } from './errors.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
/** Has the device that is not answered; the other hub is restarted meanwhile. */
let mute: ForeignHub;
let refusals: Promise<unknown>;
beforeAll(async () => {
  stage = await openStage();
  mute = await startHub(at('127.0.0.2'));
  // the SDK waits half a minute before it gives up, so it begins first
  refusals = refusalsOf(mute, 'tcp');
  refusals.catch(() => {});
});
afterAll(async () => {
  await refusals.catch(() => {});
  await mute.close();
  expectColumn('Node', await stage.close(), isNotOfMessages);
});

const TRANSPORTS = ['tcp', 'ws'];
const SENT = 'MessageEnqueued';

// The SDK connects again by itself. It then subscribes to methods, but not to desired properties: it relies on the hub
// to keep that subscription.
const UNHARMED = { heard: true, answered: 'hello', lost: [] };

describe.each(TRANSPORTS)("Microsoft's SDK for Node over %s", (transport) => {
  test('reports, receives and is found by a query', async () => {
    const id = `d-${randomUUID()}`;
    const args = [transport, 'door', randomUUID()];
    expect(await stage.run('round-trip.js', { variables: stage.hub.device(id), args })).toEqual({
      reported: args[2],
      heard: args[2],
      found: [id],
    });
  });

  test('is answered on every call of a device or a module', async () => {
    const id = `d-${randomUUID()}`;
    const variables = stage.hub.device(id);
    const certificate = await selfSigned(`${id}-x509`);
    const x509Thumbprint = { primaryThumbprint: certificate.thumbprint };
    stage.hub.hub.registry.create(
      { deviceId: `${id}-x509` },
      { authentication: { type: 'selfSigned', x509Thumbprint } },
    );
    stage.hub.hub.registry.create({ deviceId: id, moduleId: 'cam' }, {});
    for (const part of ['cert', 'key'] as const) writeFileSync(join(stage.folder, part), certificate[part]);
    const told = await stage.run('device-calls.js', {
      variables: {
        ...variables,
        IotHubConnectionString: stage.hub.emulator.moduleConnectionString(id, 'cam'),
        EdgeModuleCACertificateFile: stage.hub.caFile,
        X509_DEVICE_ID: `${id}-x509`,
        X509_CERTIFICATE: join(stage.folder, 'cert'),
        X509_KEY: join(stage.folder, 'key'),
      },
      args: [transport],
    });
    expect(told).toEqual({
      options: 'TransportConfigured',
      data: ['{"reading":21.5}', 16, true],
      // MQTT has neither batches nor rejections
      messages: [SENT, 'NotImplementedError', 'MessageCompleted', 'NotImplementedError', 'NotImplementedError'],
      heard: 5,
      twin: [5, true],
      method: { status: 207, payload: { to: 'all' } },
      credentials: { expected: true, token: SENT, tokenProvider: SENT, keyProvider: SENT, made: SENT },
      renewed: ['SharedAccessSignatureUpdated', SENT],
      shortLived: SENT,
      certificates: [SENT, SENT],
      modules: { environment: SENT, string: SENT, token: SENT, provider: SENT },
      batch: 'NotImplementedError',
      moduleMethod: { status: 200, payload: 'valve' },
      agent: expect.stringMatching(/^azure-iot-device\/1\.\d+\.\d+ \(.*\)kit 1$/),
    });
  });

  test('goes on receiving and answering after the hub has cut its connection', async () => {
    const cut = (id: string) => stage.hub.hub.sessions.drop(id, 'requested');
    expect(await stage.runThrough(cut, { transport })).toEqual(UNHARMED);
  });

  test('goes on receiving and answering after its token has expired', async () => {
    const expire = (id: string) => stage.hub.hub.sessions.drop(id, 'expired');
    expect(await stage.runThrough(expire, { transport })).toEqual(UNHARMED);
  });

  test('goes on receiving and answering after the hub has restarted', async () => {
    expect(await stage.runThrough(() => stage.hub.restart(), { transport })).toEqual(UNHARMED);
  });
});

/** What `device-refusals.js` tells; only over tcp it has a device that is not answered. */
const refusalsOf = (hub: ForeignHub, transport: string): Promise<unknown> => {
  const id = `d-${randomUUID()}`;
  const variables = hub.device(id);
  for (const other of ['brief', 'busy', 'silent']) hub.device(`${id}-${other}`);
  const fail = (device: string, operation: FaultOperation, effect: FaultEffect) =>
    hub.hub.faults.add({ match: { device, operation }, effect });
  fail(`${id}-busy`, 'connect', { type: 'error', code: 'ServiceUnavailable' });
  fail(`${id}-silent`, 'telemetry', { type: 'drop' });
  const args = [transport, id, `${id}-brief`, `${id}-busy`, ...(transport === 'tcp' ? [`${id}-silent`] : [])];
  return stage.run('device-refusals.js', { variables, args });
};

describe.concurrent("Microsoft's SDK for Node", () => {
  test.each(TRANSPORTS)(
    'goes on receiving and answering after it has renewed its token twice, over %s',
    async (transport) => {
      const renewed = (id: string) => stage.connections(id, 2);
      expect(await stage.runThrough(renewed, { transport, lifetime: 6, margin: 3 })).toEqual(UNHARMED);
    },
  );

  test.each(TRANSPORTS)('raises every error of a device that a hub can cause, over %s', async (transport) => {
    const told = await (transport === 'tcp' ? refusals : refusalsOf(stage.hub, transport));
    const common = {
      key: 'UnauthorizedError',
      busy: 'ServiceUnavailableError',
      // when its token expires, then with the old token, then with a new one
      outlived: ['NotConnectedError', 'UnauthorizedError', SENT],
      big: 'MessageTooLargeError',
      batch: 'NotImplementedError',
      certificate: 'ArgumentError',
      renewal: 'InvalidOperationError',
      // for a refused twin request, the SDK gives the text only
      twin: expect.stringMatching(/^Property or Tag name has invalid characters\./),
      cut: 'NotConnectedError',
    };
    expect(told).toEqual(transport === 'tcp' ? { ...common, silence: 'TimeoutError' } : common);
    if (transport === 'tcp') expect(errorsIn(told)).toEqual(raisable('device'));
  });

  test('is answered on every call of a service', async () => {
    await using blobs = await startBlobs();
    const id = `d-${randomUUID()}`;
    const variables = stage.hub.device(id);
    const answer = (name: string, payload: unknown) => ({ status: 207, payload: JSON.stringify([name, payload]) });
    connectDevice(stage.hub.hub, id, answer, 'dtmi:com:example:Thermostat;1');
    expect(
      await stage.run('service-calls.js', {
        variables,
        args: [id, ...['box', 'stuck'].map((name) => blobs.container(name))],
      }),
    ).toEqual({
      device: ['spare', true, 'sas'],
      listed: 2,
      added: true,
      changed: true,
      removed: true,
      deleted: 204,
      statistics: true,
      module: ['someone', ['cam']],
      moduleTwin: { seen: true },
      twin: [{ floor: 3 }, 5],
      twinAgain: { floor: 3 },
      queried: true,
      asTwin: { floor: 4 },
      json: { floor: 4 },
      method: { status: 207, payload: '["wave",{"times":2}]' },
      cancelled: 'cancelled',
      jobs: [
        ['scheduleDeviceMethod', 'completed', 1],
        ['scheduleUpdateTwin', 'completed', 1],
      ],
      jobQuery: ['-t'],
      configuration: 2,
      configurations: ['night'],
      applied: 204,
      digitalTwin: [true, 'dtmi:com:example:Thermostat;1'],
      commands: [
        [207, '["reboot","now"]'],
        [207, '["valve*open",{"percent":50}]'],
      ],
      ordered: [
        ['export', 'completed'],
        ['export', 'completed'],
        ['import', 'completed'],
        ['import', 'completed'],
      ],
      listedJobs: 4,
      cancelledJob: 'cancelled',
      resource: 'localhost',
      tokens: [true, true, 207],
      bearers: ['UnauthorizedError', 'UnauthorizedError', 'UnauthorizedError'],
      version: '?api-version=2021-04-12',
      hubName: 'localhost',
    });
  });

  test('raises every error of a service that a hub can cause', async () => {
    const id = `d-${randomUUID()}`;
    const variables = stage.hub.device(id);
    connectBabbler(stage.hub.hub, id);
    const troubles: readonly ErrorCode[] = [
      'IotHubQuotaExceeded',
      'DeviceNotOnline',
      'ThrottlingException',
      'ServerError',
      'ServiceUnavailable',
    ];
    makeTroubles(stage.hub.hub, troubles);
    const told = await stage.run('service-refusals.js', { variables, args: [id, ...troubles] });
    expect(told).toEqual({
      argument: 'ArgumentError',
      key: 'UnauthorizedError',
      absent: 'DeviceNotFoundError',
      exists: 'DeviceAlreadyExistsError',
      etag: 'InvalidEtagError',
      silent: 'GatewayTimeoutError',
      babbling: 'BadDeviceResponseError',
      digitalTwin: 'RestError 404',
      IotHubQuotaExceeded: 'TooManyDevicesError',
      DeviceNotOnline: 'Not found',
      ThrottlingException: 'ThrottlingError',
      ServerError: 'InternalServerError',
      ServiceUnavailable: 'ServiceUnavailableError',
    });
    expect(errorsIn(told)).toEqual(raisable('service'));
  });
});

test('every public call of the packages was made above, except those with a reason', () => {
  expect(compareCalls(stage.coverage)).toEqual({ missing: [], needless: [] });
});
