import { randomUUID } from 'node:crypto';
import type { Message as RheaMessage } from 'rhea';
import { UnauthorizedError } from '../errors.ts';
import type { AmqpConnection } from './connection.ts';
import { Requests } from './requests.ts';

/** What a token is valid for, and the token. */
export interface Claim {
  readonly audience: string;
  readonly token: string;
}

/**
 * Sends tokens to the hub: OASIS AMQP Claims-based Security 1.0.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#authentication
 */
export class TokenSender {
  readonly #send: (message: RheaMessage) => Promise<void>;
  readonly #requests: Requests;

  private constructor(requests: Requests, send: (message: RheaMessage) => Promise<void>) {
    this.#requests = requests;
    this.#send = send;
  }

  static async open(connection: AmqpConnection): Promise<TokenSender> {
    const sender = await connection.sender('$cbs');
    const receiver = await connection.receiver('$cbs');
    const requests = new Requests(connection);
    receiver.acceptEach((reply) => requests.take(reply));
    return new TokenSender(requests, (message) => sender.send(message));
  }

  /** Rejects with UnauthorizedError if the hub does not accept the token. */
  async put({ audience, token }: Claim): Promise<void> {
    const id = randomUUID();
    const message = {
      to: '$cbs',
      reply_to: 'cbs',
      message_id: id,
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
      body: token,
    };
    const { application_properties: reply } = await this.#requests.ask(id, () => this.#send(message));
    if (reply?.['status-code'] !== 200) throw new UnauthorizedError(String(reply?.['status-description']));
  }
}
