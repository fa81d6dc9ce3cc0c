import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answered, DIAGNOSTICS_CHANNEL } from '../../../emulator/servers/diagnostics.ts';
import { textOf } from '../../support/hub/messages.ts';
import { selfSigned } from '../../support/wire/device-certificates.ts';
import { watchFlows } from '../support/flows.ts';
import { APART } from '../support/hub.ts';
import { expectColumn, expectFlows, isOfMessages } from '../support/table.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let flows: ReturnType<typeof watchFlows>;
beforeAll(async () => {
  stage = await openStage({ ...APART, feedbackInterval: '0s' });
  flows = watchFlows(stage.hub.hub);
});
afterAll(async () => {
  expectColumn('Node', await stage.close(), isOfMessages);
  expectFlows('Node', flows.end());
});

const SENT = 'MessageEnqueued';
const NOT_THERE = 'NotImplementedError';
const TOO_LARGE = 'MessageTooLargeError';
const FLOOR = { key: 'floor', value: '3' };

/** What a device receives if it settles messages in that way; `properties` as its transport shows them. */
const taken = (properties: unknown, [abandoned, rejected]: readonly [string, string]) => [
  ['complete-0', 'text 0', properties, 'complete', 'MessageCompleted'],
  ['abandon-1', 'text 1', properties, 'abandon', abandoned],
  ...(abandoned === NOT_THERE ? [] : [['abandon-1', 'text 1', properties, 'complete', 'MessageCompleted']]),
  ['reject-2', 'text 2', properties, 'reject', rejected],
];
const records = (last: string) => [
  ['complete-0', 'Success'],
  ['abandon-1', 'Success'],
  ['reject-2', last],
];
const TWIN_AND_METHOD = { twin: [5, 3, true], method: { status: 207, payload: { to: ['all'] } } };
const SERVICE = { absent: 'DeviceNotFoundError', files: 'Object' };

const ALL = ['MessageAbandoned', 'MessageRejected'] as const;
const AMQP = {
  ...TWIN_AND_METHOD,
  ...SERVICE,
  sent: [SENT, SENT, NOT_THERE, TOO_LARGE],
  taken: taken([FLOOR], ALL),
  records: records('Rejected'),
};
// MQTT has neither batches, nor rejected or abandoned messages; the SDK passes on `iothub-ack` as an application property
const MQTT = {
  ...TWIN_AND_METHOD,
  ...SERVICE,
  sent: [SENT, SENT, NOT_THERE, TOO_LARGE],
  taken: taken([{ key: 'iothub-ack', value: 'full' }, FLOOR], [NOT_THERE, NOT_THERE]),
  records: records('Success'),
};
// the SDK leaves the prefix: https://github.com/Azure/azure-iot-sdk-node/blob/main/device/transport/http/src/http.ts
const HTTP = {
  ...SERVICE,
  sent: [SENT, SENT, SENT, TOO_LARGE],
  taken: taken([{ key: 'iothub-app-floor', value: '3' }], ALL),
  records: records('Rejected'),
};

/** Resolves when a device that polls has got the answer that there is no message; each run sees one. */
const emptyAnswer = (): Promise<void> =>
  new Promise((done) => {
    const look = (message: unknown): void => {
      const { verb, answer } = message as Answered; // nothing else uses the channel
      if (verb !== 'GET' || answer !== '204') return;
      unsubscribe(DIAGNOSTICS_CHANNEL, look);
      done();
    };
    subscribe(DIAGNOSTICS_CHANNEL, look);
  });

test.each(
  Object.entries({ Amqp: AMQP, AmqpWs: AMQP, Mqtt: MQTT, MqttWs: MQTT, Http: HTTP }).flatMap(([device, expected]) =>
    (['Amqp', 'AmqpWs'] as const).map((service) => ({ device, service, expected })),
  ),
)(
  "Microsoft's SDKs for Node exchange all that they can over $device, and $service for the service",
  async ({ device, service, expected }) => {
    const id = `d-${randomUUID()}`;
    const variables = stage.hub.device(id);
    const received: unknown[] = [];
    const stop = stage.hub.hub.events.listen((event) => {
      if (event.type === 'telemetry' && event.key === id)
        received.push([event.message.system.messageId, textOf(event.message).slice(0, 16), event.message.properties]);
    });
    const args = [device, service, 'complete', 'abandon', 'reject'];
    const heard = async (line: string): Promise<void> => {
      if (line === 'polling') await emptyAnswer();
    };
    expect(await stage.run('transports.js', { variables, args }, heard)).toEqual(expected);
    stop();
    expect(received).toEqual([
      ['m1', '{"reading":21.5}', { Level: 'high' }],
      ['m2', 'x'.repeat(16), {}],
      // the SDK sends no ids in a batch
      ...(device === 'Http' ? ['m3', 'm4'].map((text) => [undefined, text, {}]) : []),
    ]);
    flows.noteService(service === 'Amqp' ? 'amqp' : 'amqp-ws');
  },
);

test.each(['Amqp', 'AmqpWs', 'Http'])(
  "a device on Microsoft's SDK for Node uses a certificate over %s",
  async (transport) => {
    const deviceId = `d-${randomUUID()}`;
    const certificate = await selfSigned(deviceId);
    const { hub } = stage.hub;
    const x509Thumbprint = { primaryThumbprint: certificate.thumbprint };
    hub.registry.create({ deviceId }, { authentication: { type: 'selfSigned', x509Thumbprint } });
    const files = (['cert', 'key'] as const).map((part) => {
      const file = join(stage.folder, part);
      writeFileSync(file, certificate[part]);
      return file;
    });
    const sent: unknown[] = [];
    const stop = hub.events.listen((event) => {
      if (event.type === 'telemetry') sent.push([event.key, textOf(event.message)]);
    });
    const variables = stage.hub.emulator.env();
    expect(await stage.run('certificates.js', { variables, args: [transport, deviceId, ...files] })).toEqual({
      sent: SENT,
      ...(transport === 'Http' ? {} : { twin: 1 }),
    });
    stop();
    expect(sent).toEqual([[deviceId, 'with a certificate']]);
  },
);
