import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../protocol/errors.ts';
import { javaProgram, makeTrustStore } from '../../support/programs/java.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { expectColumn } from '../support/table.ts';
import { makeTroubles } from '../support/troubles.ts';

let hub: ForeignHub;
let trustStore: string;
beforeAll(async () => {
  // the device client requires a dot in the host name
  hub = await startHub({ hostname: '127.0.0.1' });
  trustStore = await makeTrustStore(hub.caFile);
});
afterAll(async () => expectColumn('Java', await hub.close()));

const run = async (program: string, deviceId: string, args: readonly string[]) => {
  const command = javaProgram(join(import.meta.dirname, program), trustStore);
  return report(await runProgram([...command, ...args], hub.device(deviceId)));
};

describe.each(['tcp', 'ws'])("Microsoft's device SDK for Java over %s", (transport) => {
  test('reports, receives, answers, sends and is found by a query', async () => {
    const [id = '', name = '', value = ''] = [`d-${randomUUID()}`, 'p1', randomUUID()];
    const sent: unknown[] = [];
    const stop = hub.hub.events.listen((event) => {
      if (event.type === 'telemetry') sent.push([event.key, event.message]);
    });
    const told = await run('RoundTrip.java', id, [transport, name, value]);
    stop();
    expect(told).toEqual({
      // the first version, or a later one if the SDK missed an answer
      reportedVersion: expect.any(Number),
      reported: value,
      heard: value,
      desiredVersion: 2,
      twin: value,
      method: [207, { echo: { text: value } }],
      found: [id],
    });
    expect(sent).toEqual([
      [
        id,
        {
          body: Buffer.from('{"reading":21.5}'),
          system: expect.objectContaining({
            messageId: 'reading 1/2',
            contentType: 'application/json',
            contentEncoding: 'utf-8',
            connectionDeviceId: id,
          }),
          properties: { place: 'hall = 7 & cellar' },
        },
      ],
    ]);
  });
});

test.each(['tcp', 'ws'])(
  "Microsoft's device SDK for Java goes on over %s after its connection was cut",
  async (transport) => {
    const id = `d-${randomUUID()}`;
    const { events, sessions, twins, methods } = hub.hub;
    let subscriptions = 0;
    const stop = events.listen((event) => {
      if (event.type !== 'session.subscribed' || event.key !== id) return;
      subscriptions += event.capability === 'desired' || event.capability === 'methods' ? 1 : 0;
      if (subscriptions === 2) sessions.drop(id, 'requested');
    });
    const back = new Promise<void>((done) => {
      let opened = 0;
      events.listen((event) => {
        if (event.type === 'session.opened' && event.key === id && ++opened === 2) done();
      });
    });
    const told = run('Lasting.java', id, [transport]);
    await Promise.race([back, told]);
    stop();
    const answer = await methods.invoke(id, { methodName: 'echo', payload: 'there?', connectTimeoutInSeconds: 20 });
    twins.patch(id, { properties: { desired: { round: 'last' } } });
    expect(answer).toMatchObject({ status: 200, payload: { value: 'there?' } });
    expect(await told).toEqual({ heard: 'last' });
  },
);

test("every call of Microsoft's service SDK for Java is answered", async () => {
  const id = `d-${randomUUID()}`;
  expect(await run('ServiceCalls.java', id, [id])).toEqual({
    device: ['Disabled', true],
    module: true,
    modules: ['cam'],
    statistics: true,
    patched: [{ place: { floor: 3 } }, { rate: 5 }, 3],
    metadata: 3,
    replaced: [{ place: 'yard' }, {}],
    moduleTwin: { gain: 0.5 },
    got: ['enabled', 'mic'],
    paged: ['-0', '-1', '-2', '-3', '-4'],
    raw: ['{"n":5}'],
    method: [200, 'wave'],
    cancelled: 'cancelled',
    twinJob: ['completed', 1],
    methodJob: 'completed',
    jobs: ['-method'],
    jobRows: [[true, 'scheduleUpdateTwin', 'completed']],
    configuration: 11,
    configurations: ['night'],
  });
});

// classes and codes are those of com.microsoft.azure.sdk.iot.service.exceptions 2.1.9
test("Microsoft's service SDK for Java raises an exception for every error of the hub", async () => {
  const id = `d-${randomUUID()}`;
  const of = (name: string): unknown => [name, expect.any(Number), expect.any(String)];
  const troubles: readonly ErrorCode[] = [
    'IotHubQuotaExceeded',
    'ThrottlingException',
    'ServerError',
    'InvalidResponseWhileProxying',
    'ServiceUnavailable',
    'GatewayTimeout',
  ];
  makeTroubles(hub.hub, troubles);
  expect(await run('Refusals.java', id, [id, ...troubles])).toEqual({
    exists: ['IotHubConflictException', 409, 'Conflict'],
    absent: ['IotHubNotFoundException', 404, 'NotFound'],
    // the SDK sends the etag without quotes, which hubs do not see: https://github.com/Azure/azure-iot-sdk-node/issues/606
    stale: 'nothing',
    badTwin: ['IotHubBadFormatException', 400, 'BadFormat'],
    badQuery: ['IotHubBadFormatException', 400, 'BadFormat'],
    offline: ['IotHubNotFoundException', 404103, 'DeviceNotOnline'],
    wrongKey: ['IotHubUnauthorizedException', 401, 'Unauthorized'],
    deviceWrongKey: ['IotHubClientException', 'UNAUTHORIZED'],
    IotHubQuotaExceeded: of('IotHubTooManyDevicesException'),
    ThrottlingException: of('IotHubTooManyRequestsException'),
    ServerError: of('IotHubInternalServerErrorException'),
    InvalidResponseWhileProxying: of('IotHubBadGatewayException'),
    ServiceUnavailable: of('IotHubServerBusyException'),
    GatewayTimeout: of('IotHubGatewayTimeoutException'),
  });
});
