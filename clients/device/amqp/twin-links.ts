import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type { Message as RheaMessage } from 'rhea';
import { isObject, type Json } from '../../../protocol/json.ts';
import type { AmqpConnection } from '../../shared/amqp/connection.ts';
import { bodyOf } from '../../shared/amqp/message.ts';
import { Requests } from '../../shared/amqp/requests.ts';
import type { AmqpSender } from '../../shared/amqp/sender.ts';
import * as errors from '../../shared/errors.ts';
import { channelOf, type DevicePlace } from './place.ts';

/** What is done with a twin, and with what of it. */
interface TwinRequest {
  readonly operation: 'GET' | 'PATCH' | 'PUT' | 'DELETE';
  readonly resource?: string;
  readonly body?: string;
}

// azure-iot-device-amqp 1.14: amqp_twin_client.js, `_translateErrorResponse`.
const BY_STATUS: Readonly<Record<number, new (message: string) => Error>> = {
  400: errors.FormatError,
  401: errors.UnauthorizedError,
  403: errors.InvalidOperationError,
  404: errors.DeviceNotFoundError,
  429: errors.ThrottlingError,
  500: errors.InternalServerError,
  503: errors.ServiceUnavailableError,
  504: errors.TimeoutError,
};

/** The two links for a twin. Changes of desired properties are emitted as `desired`. */
export class TwinLinks {
  readonly #sender: AmqpSender;
  readonly #requests: Requests;

  private constructor(sender: AmqpSender, requests: Requests) {
    this.#sender = sender;
    this.#requests = requests;
  }

  static async open(connection: AmqpConnection, place: DevicePlace, target: EventEmitter): Promise<TwinLinks> {
    const options = { ...channelOf(place, 'twin'), snd_settle_mode: 1, rcv_settle_mode: 0 };
    const sender = await connection.sender(place.twin, options);
    const receiver = await connection.receiver(place.twin, options);
    connection.dependOn(receiver);
    const requests = new Requests(connection);
    receiver.acceptEach((message) => {
      const body = read(message);
      if (message.correlation_id) requests.take(message);
      else if (body !== undefined) target.emit('desired', body);
    });
    return new TwinLinks(sender, requests);
  }

  get isOpen(): boolean {
    return this.#sender.isOpen;
  }

  /** Rejects with the error of the hub's status. */
  async ask({ operation, resource, body = ' ' }: TwinRequest): Promise<Json | undefined> {
    const { default: rhea } = await import('rhea');
    const id = randomUUID();
    const request = {
      correlation_id: id,
      message_annotations: { operation, ...(resource === undefined ? {} : { resource }) },
      body: rhea.message.data_section(Buffer.from(body)),
    };
    const reply = await this.#requests.ask(id, () => this.#sender.send(request));
    const status: unknown = reply.message_annotations?.status;
    if (typeof status === 'number' && status >= 300) throw refusal(status, read(reply));
    return read(reply);
  }
}

const refusal = (status: number, body: Json | undefined): Error => {
  const known = BY_STATUS[status] ?? errors.TwinRequestError;
  const error = new known(isObject(body) ? String(body.message) : `The hub answered with status ${status}`);
  return isObject(body) ? Object.assign(error, { errorCode: body.errorCode }) : error;
};

const read = ({ body }: RheaMessage): Json | undefined => {
  const bytes = bodyOf(body);
  try {
    return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
  } catch {
    return undefined; // invalid JSON from the other end must not end the program
  }
};
