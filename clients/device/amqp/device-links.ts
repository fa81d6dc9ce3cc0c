import type { EventEmitter } from 'node:events';
import type { Message as RheaMessage } from 'rhea';
import type { TokenSender } from '../../shared/amqp/cbs.ts';
import type { AmqpConnection } from '../../shared/amqp/connection.ts';
import { Kept } from '../../shared/amqp/kept.ts';
import { amqpMessageOf, bodyOf, idText, messageOf } from '../../shared/amqp/message.ts';
import type { AmqpReceiver, Outcome } from '../../shared/amqp/receiver.ts';
import type { AmqpSender } from '../../shared/amqp/sender.ts';
import { DeviceMessageLockLostError, NotConnectedError } from '../../shared/errors.ts';
import type { Message } from '../../shared/message.ts';
import type { DeviceMethodResponse } from '../method.ts';
import type { Capability, MethodMessage } from '../transport.ts';
import { channelOf, type DevicePlace } from './place.ts';
import { TwinLinks } from './twin-links.ts';

/** Desired properties are asked for through this resource; azure-iot-device-amqp 1.14, amqp_twin_client.js. */
const DESIRED = '/notifications/twin/properties/desired';

/** A connection with its links, each of which is attached when it is first needed. What comes is emitted by `target`. */
export class DeviceLinks {
  readonly #connection: AmqpConnection;
  readonly #place: DevicePlace;
  readonly #target: EventEmitter;
  /** Undefined for a device with a certificate. */
  readonly tokens: TokenSender | undefined;
  readonly #events = new Kept(() =>
    this.#connection.sender(this.#place.events, { properties: this.#place.properties }),
  );
  readonly #messages = new Kept(() => this.#openMessages());
  readonly #answers = new Kept(() => this.#openMethods());
  readonly #twin = new Kept(() => TwinLinks.open(this.#connection, this.#place, this.#target));

  constructor(connection: AmqpConnection, { place, target, tokens }: LineParts) {
    this.#connection = connection;
    this.#place = place;
    this.#target = target;
    this.tokens = tokens;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async sendEvent(message: Message, outputName?: string): Promise<void> {
    const { application_properties, ...rest } = await amqpMessageOf(message);
    const output = outputName === undefined ? {} : { 'iothub-outputname': outputName };
    const whole = { ...rest, to: this.#place.events, application_properties: { ...application_properties, ...output } };
    await (await this.#events.get()).send(whole);
  }

  /** Rejects with DeviceMessageLockLostError if the message did not come over this connection. */
  async settle(message: Message, outcome: Outcome): Promise<void> {
    if (!this.#messages.current) throw new DeviceMessageLockLostError('No active C2D link'); // text of azure-iot-device-amqp 1.14
    await (await this.#messages.current).settle(message.transportObj, outcome);
  }

  async answer({ requestId, status, payload }: DeviceMethodResponse): Promise<void> {
    if (!this.#answers.current)
      throw new NotConnectedError('Method Links were detached - the service already considers this method failed');
    const { default: rhea } = await import('rhea');
    await (await this.#answers.current).send({
      correlation_id: rhea.string_to_uuid(requestId),
      application_properties: { 'IoThub-status': rhea.types.wrap_int(status) },
      body: rhea.message.data_section(Buffer.from(JSON.stringify(payload ?? null))),
    });
  }

  twin(): Promise<TwinLinks> {
    return this.#twin.get();
  }

  async enable(capability: Capability): Promise<void> {
    if (capability === 'desired') await (await this.twin()).ask({ operation: 'PUT', resource: DESIRED });
    else if (capability === 'methods') await this.#answers.get();
    else await this.#messages.get();
  }

  async disable(capability: Capability): Promise<void> {
    if (capability === 'desired') await (await this.twin()).ask({ operation: 'DELETE', resource: DESIRED });
    if (capability !== 'c2d' && capability !== 'inputs') return;
    const messages = this.#messages.current;
    this.#messages.forget();
    await (await messages)?.close();
  }

  async #openMessages(): Promise<AmqpReceiver> {
    const receiver = await this.#connection.receiver(this.#place.messages, { properties: this.#place.properties });
    this.#connection.dependOn(receiver);
    receiver.on('message', (received: RheaMessage) => {
      const input: unknown = received.message_annotations?.['x-opt-input-name'];
      if (input === undefined) this.#target.emit('message', messageOf(received));
      else this.#target.emit('inputMessage', input, messageOf(received));
    });
    receiver.start();
    return receiver;
  }

  async #openMethods(): Promise<AmqpSender> {
    const options = channelOf(this.#place, 'methods');
    const sender = await this.#connection.sender(this.#place.methods, options);
    const receiver = await this.#connection.receiver(this.#place.methods, options);
    this.#connection.dependOn(receiver);
    receiver.acceptEach(({ correlation_id = '', application_properties, body }) => {
      const call: MethodMessage = {
        requestId: idText(correlation_id),
        methodName: String(application_properties?.['IoThub-methodname']),
        body: bodyOf(body),
      };
      this.#target.emit('method', call);
    });
    return sender;
  }
}

/** What they are made of, besides its connection. */
export interface LineParts {
  readonly place: DevicePlace;
  readonly target: EventEmitter;
  readonly tokens: TokenSender | undefined;
}
