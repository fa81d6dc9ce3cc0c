import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../../emulator/hub/sessions.ts';
import type { ErrorCode } from '../../../protocol/errors.ts';
import { connectDevice } from '../../support/device-end.ts';
import { report } from '../exec.ts';
import { type ForeignHub, runProgram, startHub } from '../support/hub.ts';
import { expectColumn } from '../support/table.ts';

let hub: ForeignHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(async () => expectColumn('Node', await hub.close()));

const run = async (program: string, variables: Record<string, string>, args: readonly string[]) =>
  report(await runProgram([process.execPath, join(import.meta.dirname, program), ...args], variables));

const invented = () => {
  const [first = '', second = ''] = randomUUID().split('-');
  return { id: `device-${second}`, name: `p${first}`, value: `v${second}` };
};

describe.each(['tcp', 'ws'])("Microsoft's SDK for Node over %s", (transport) => {
  test('reports, hears and is found', async () => {
    const { id, name, value } = invented();
    expect(await run('round-trip.js', hub.device(id), [transport, name, value])).toEqual({
      reported: value,
      heard: value,
      found: [id],
    });
  });

  test('goes on hearing desired changes after its connection was cut', async () => {
    const { id, name, value } = invented();
    expect(await run('reconnect.js', hub.device(id), [transport, name, value])).toEqual({
      cut: true,
      heard: value,
    });
  });

  test('says so when a key is wrong', async () => {
    expect(await run('wrong-key.js', hub.device(invented().id), [transport])).toEqual({
      device: 'UnauthorizedError',
      service: 'UnauthorizedError',
    });
  });
});

test("every call of Microsoft's service SDK for Node is answered", async () => {
  const id = `d-${randomUUID()}`;
  const variables = hub.device(id);
  const answer = (name: string, payload: unknown) => ({ status: 207, payload: JSON.stringify([name, payload]) });
  connectDevice(hub.hub, id, answer, 'dtmi:com:example:Thermostat;1');
  expect(await run('service-calls.js', variables, [id, 'https://127.0.0.1:1/devices?sig=x'])).toEqual({
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
    ordered: ['ArgumentError', 'ArgumentError', 'ArgumentError', 'ArgumentError'],
    listedJobs: true,
  });
});

// https://github.com/Azure/azure-iot-hub-node: translateError of its REST client. 408 is no status of the hub, and a
// hub that is not found is a 401 there.
test("Microsoft's service SDK for Node makes every error that a hub can raise", async () => {
  const id = `d-${randomUUID()}`;
  const variables = hub.device(id);
  const device: Session = {
    key: id,
    protocol: 'test',
    deliver(message) {
      if (message.type === 'method' && message.methodName === 'babble')
        hub.hub.methods.respond(id, message.requestId, { status: 200, payload: undefined });
    },
    close: () => {},
  };
  hub.hub.sessions.open(device, { clean: true });
  hub.hub.sessions.subscribe(device, 'methods', 0);
  const troubles: readonly ErrorCode[] = [
    'IotHubQuotaExceeded',
    'DeviceNotOnline',
    'ThrottlingException',
    'ServerError',
    'ServiceUnavailable',
  ];
  for (const code of troubles)
    hub.hub.faults.add({ match: { path: `/devices/${code}` }, effect: { type: 'error', code } });
  expect(await run('service-refusals.js', variables, [id, ...troubles])).toEqual({
    argument: 'ArgumentError',
    key: 'UnauthorizedError',
    absent: 'DeviceNotFoundError',
    exists: 'DeviceAlreadyExistsError',
    etag: 'InvalidEtagError',
    silent: 'GatewayTimeoutError',
    babbling: 'BadDeviceResponseError',
    IotHubQuotaExceeded: 'TooManyDevicesError',
    DeviceNotOnline: 'Not found',
    ThrottlingException: 'ThrottlingError',
    ServerError: 'InternalServerError',
    ServiceUnavailable: 'ServiceUnavailableError',
  });
});
