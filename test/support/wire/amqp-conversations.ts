import { dataMessage, frameOf } from '../amqp/amqp-peer.ts';
import { hex } from '../amqp/hex.ts';
import { messages, outcome, type RheaFields, source, target, typed } from '../amqp/rhea-codec.ts';
import type { AmqpHub } from './amqp-hub.ts';
import { identityToken, policyToken } from './authenticated-hub.ts';

/** What clients say from their first byte on, frame by frame, without waiting for answers. */
export const conversations = ({ hub }: AmqpHub): readonly (readonly Buffer[])[] => [
  device('/devices/d1', identityToken(hub, 'd1')),
  device('/devices/d1/modules/m1', identityToken(hub, 'd1/m1')),
  backEnd(policyToken('service')),
  eventReader(policyToken('service')),
  password(policyToken('iothubowner')),
];

const AMQP = hex('414d515000010000');
const SASL = hex('414d515003010000');
const OPEN = [
  frameOf('open', { container_id: 'c', hostname: 'localhost', idle_time_out: 240_000 }),
  frameOf('begin', { next_outgoing_id: 0, incoming_window: 2048, outgoing_window: 2048 }),
];

/** Links and transfers in the order of a session, with handles and delivery ids that count up. */
class Script {
  readonly frames: Buffer[] = [];
  #handles = 0;
  #deliveries = 0;

  constructor(start: readonly Buffer[]) {
    this.frames.push(...start);
  }

  sender(address: string, fields: RheaFields = {}): number {
    const handle = this.#handles++;
    this.frames.push(
      frameOf('attach', {
        name: `to ${address}`,
        handle,
        role: false,
        initial_delivery_count: 0,
        source: source({}),
        target: target({ address }),
        ...fields,
      }),
    );
    return handle;
  }

  receiver(address: string, fields: RheaFields = {}, from: RheaFields = {}): number {
    const handle = this.#handles++;
    this.frames.push(
      frameOf('attach', {
        name: `from ${address}`,
        handle,
        role: true,
        source: source({ address, ...from }),
        target: target({ address: 'here' }),
        ...fields,
      }),
      frameOf('flow', { ...WINDOWS, handle, delivery_count: 0, link_credit: 20 }),
    );
    return handle;
  }

  transfer(handle: number, payload: Buffer, fields: RheaFields = {}): void {
    const delivery_id = this.#deliveries++;
    const tag = { delivery_id, delivery_tag: Buffer.from([delivery_id]), message_format: 0 };
    this.frames.push(frameOf('transfer', { handle, ...tag, ...fields }, { payload }));
  }

  token(token: string): void {
    const [sender] = [this.sender('$cbs'), this.receiver('$cbs')];
    const application_properties = { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'any' };
    this.transfer(sender, messages.encode({ message_id: 't', application_properties, body: token }));
  }

  settle(first: number, last: number, state: string, fields: RheaFields = {}): void {
    this.frames.push(frameOf('disposition', { role: true, first, last, settled: true, state: outcome(state, fields) }));
  }

  end(): readonly Buffer[] {
    this.frames.push(frameOf('detach', { handle: 0, closed: true }), frameOf('end'), frameOf('close'));
    return this.frames;
  }
}

const WINDOWS = { next_incoming_id: 0, incoming_window: 2048, next_outgoing_id: 0, outgoing_window: 2048 };

const OUTCOMES = ['accepted', 'released', 'rejected', 'modified'];

const settleAll = (script: Script): void => {
  for (const [i, state] of OUTCOMES.entries()) script.settle(i, i + 1, state);
};

const TELEMETRY = dataMessage('{"t":1}', {
  message_id: 'm',
  content_type: 'application/json',
  application_properties: { a: 'b', 'iothub-creation-time-utc': '2026-11-23T12:00:00Z' },
  message_annotations: { 'iothub-outputname': 'o' },
});

const device = (resource: string, token: string): readonly Buffer[] => {
  const script = new Script([AMQP, ...OPEN]);
  script.token(token);
  const events = script.sender(`${resource}/messages/events`);
  script.receiver(`${resource}/messages/devicebound`, { rcv_settle_mode: 1 });
  script.transfer(events, TELEMETRY);
  script.transfer(events, TELEMETRY, { settled: true });
  const batch = messages.encode({ body: messages.data_sections([TELEMETRY, TELEMETRY]) });
  script.transfer(events, batch, { message_format: 0x8001_3700 });
  settleAll(script);
  const channel = { properties: { 'com.microsoft:channel-correlation-id': 'twin:1' }, snd_settle_mode: 1 };
  const twin = script.sender(`${resource}/twin`, channel);
  script.receiver(`${resource}/twin`, channel);
  for (const [body, annotations] of TWIN_REQUESTS)
    script.transfer(twin, dataMessage(body, { correlation_id: 'c', message_annotations: annotations }));
  const methods = script.sender(`${resource}/methods/devicebound`);
  script.receiver(`${resource}/methods/devicebound`);
  const answer = {
    correlation_id: typed('wrap_uuid', Buffer.alloc(16)),
    application_properties: { 'IoThub-status': 200 },
  };
  script.transfer(methods, dataMessage('{"done":true}', answer));
  settleAll(script);
  return script.end();
};

const DESIRED = '/notifications/twin/properties/desired';
const TWIN_REQUESTS: readonly (readonly [body: string, annotations: RheaFields])[] = [
  [' ', { operation: 'GET' }],
  ['{"a":{"b":[1,"c"]}}', { operation: 'PATCH', resource: '/properties/reported' }],
  ['', { operation: 'PUT', resource: DESIRED }],
  ['', { operation: 'DELETE', resource: DESIRED }],
];

const backEnd = (token: string): readonly Buffer[] => {
  const script = new Script([AMQP, ...OPEN]);
  script.token(token);
  const sender = script.sender('/messages/devicebound');
  script.receiver('/messages/serviceBound/feedback');
  for (const ack of ['full', 'none', 'positive'])
    script.transfer(
      sender,
      dataMessage('go', {
        message_id: 'm',
        to: '/devices/d1/messages/devicebound',
        absolute_expiry_time: 1_795_500_000_000,
        application_properties: { 'iothub-ack': ack, a: 'b' },
      }),
    );
  script.receiver('/messages/serviceBound/filenotifications');
  settleAll(script);
  return script.end();
};

const eventReader = (token: string): readonly Buffer[] => {
  const script = new Script([AMQP, ...OPEN]);
  script.token(token);
  const management = script.sender('$management');
  script.receiver('$management');
  for (const type of ['com.microsoft:eventhub', 'com.microsoft:partition']) {
    const application_properties = { operation: 'READ', name: 'localhost', type, partition: '0' };
    script.transfer(management, messages.encode({ message_id: 'r', application_properties, body: '' }));
  }
  const selector = { 'apache.org:selector-filter:string': "amqp.annotation.x-opt-offset > '-1'" };
  for (const partition of [0, 1, 9])
    script.receiver(
      `localhost/ConsumerGroups/$Default/Partitions/${partition}`,
      { properties: { 'com.microsoft:epoch': partition }, desired_capabilities: METRICS },
      { filter: selector },
    );
  script.receiver('messages/events');
  settleAll(script);
  return script.end();
};

const METRICS = 'com.microsoft:enable-receiver-runtime-metric';

const password = (token: string): readonly Buffer[] => {
  const response = Buffer.from(`\u0000iothubowner@sas.root.localhost\u0000${token}`);
  const init = frameOf('sasl_init', { mechanism: 'PLAIN', initial_response: response, hostname: 'localhost' });
  const script = new Script([SASL, init, AMQP, ...OPEN]);
  const sender = script.sender('/messages/devicebound');
  script.receiver('/messages/serviceBound/feedback');
  script.transfer(sender, dataMessage('go', { to: '/devices/d1/messages/devicebound' }));
  return script.end();
};
