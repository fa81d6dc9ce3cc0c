import { EventEmitter } from 'node:events';
import { amqpAddress } from '../../shared/amqp/address.ts';
import { TokenSender } from '../../shared/amqp/cbs.ts';
import { type AmqpAddress, AmqpConnection } from '../../shared/amqp/connection.ts';
import { amqpError } from '../../shared/amqp/error.ts';
import { Kept } from '../../shared/amqp/kept.ts';
import { amqpMessageOf } from '../../shared/amqp/message.ts';
import type { AmqpSender } from '../../shared/amqp/sender.ts';
import { type Callback, type IncomingMessageCallback, settle, settleMessage } from '../../shared/callback.ts';
import { deviceMessagePath } from '../../shared/endpoint.ts';
import type { Message } from '../../shared/message.ts';
import * as results from '../../shared/results.ts';
import type { ServiceOptions, TransportConfig } from '../hub-access.ts';
import { Credentials } from './credentials.ts';
import { serviceOperation } from './error.ts';
import { ServiceReceiver } from './service-receiver.ts';

/** The addresses of azure-iothub 1.16.6: amqp.js. */
const MESSAGES = '/messages/devicebound';
const FEEDBACK = '/messages/serviceBound/feedback';
const FILE_NOTIFICATIONS = '/messages/serviceBound/filenotifications';

/** What is open while there is a connection. */
interface Line {
  readonly connection: AmqpConnection;
  readonly tokens: TokenSender;
  readonly sender: Kept<AmqpSender>;
  readonly receivers: Map<string, Promise<ServiceReceiver>>;
}

const NO_MESSAGE: results.HttpResponse = { statusCode: 0, headers: {} };

/**
 * AMQP 1.0 over TLS, for `Client`. It connects when it is first needed, and again after the connection was lost. Emits
 * `disconnect` (Error) when the connection is lost.
 */
export class Amqp extends EventEmitter {
  readonly #host: string;
  readonly #tls: AmqpAddress['tls'];
  readonly #credentials: Credentials;
  #line: Promise<Line> | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(config: TransportConfig, options: ServiceOptions = {}) {
    super();
    this.#host = config.host;
    this.#tls = options.ca === undefined ? {} : { ca: options.ca };
    this.#credentials = new Credentials(config);
  }

  connect(done: Callback<results.Connected>): void;
  connect(): Promise<results.Connected>;
  connect(done?: Callback<results.Connected>) {
    return settle(async () => {
      await this.#connected();
      return new results.Connected();
    }, done);
  }

  disconnect(done: Callback<results.Disconnected>): void;
  disconnect(): Promise<results.Disconnected>;
  disconnect(done?: Callback<results.Disconnected>) {
    return settle(async () => {
      const line = this.#line;
      this.#forget();
      await line?.then(({ connection }) => connection.close()).catch(() => undefined); // it has never been open
      return new results.Disconnected();
    }, done);
  }

  /** Resolves when the hub has put the message into the device's queue. */
  send(deviceId: string, message: Message, done: IncomingMessageCallback<results.MessageEnqueued>): void;
  send(deviceId: string, message: Message): Promise<{ result: results.MessageEnqueued; message: results.HttpResponse }>;
  send(deviceId: string, message: Message, done?: IncomingMessageCallback<results.MessageEnqueued>) {
    return settleMessage(
      () =>
        serviceOperation('AMQP Transport: Could not send message', async () => {
          const line = await this.#connected();
          const to = deviceMessagePath(encodeURIComponent(deviceId));
          await (await line.sender.get()).send({ ...(await amqpMessageOf(message)), to });
          return { result: new results.MessageEnqueued(), message: NO_MESSAGE };
        }),
      done,
    );
  }

  getFeedbackReceiver(done: IncomingMessageCallback<ServiceReceiver>): void;
  getFeedbackReceiver(): Promise<{ result: ServiceReceiver; message: results.HttpResponse }>;
  getFeedbackReceiver(done?: IncomingMessageCallback<ServiceReceiver>) {
    return settleMessage(
      () => serviceOperation('AMQP Transport: Could not get feedback receiver', () => this.#receiver(FEEDBACK)),
      done,
    );
  }

  getFileNotificationReceiver(done: IncomingMessageCallback<ServiceReceiver>): void;
  getFileNotificationReceiver(): Promise<{ result: ServiceReceiver; message: results.HttpResponse }>;
  getFileNotificationReceiver(done?: IncomingMessageCallback<ServiceReceiver>) {
    const text = 'AMQP Transport: Could not get file notification receiver';
    return settleMessage(() => serviceOperation(text, () => this.#receiver(FILE_NOTIFICATIONS)), done);
  }

  /** Uses another token from now on; sends it to the hub if there is a connection. */
  updateSharedAccessSignature(
    sharedAccessSignature: string,
    callback: Callback<results.SharedAccessSignatureUpdated>,
  ): void;
  updateSharedAccessSignature(sharedAccessSignature: string): Promise<results.SharedAccessSignatureUpdated>;
  updateSharedAccessSignature(
    sharedAccessSignature: string,
    callback?: Callback<results.SharedAccessSignatureUpdated>,
  ) {
    return settle(async () => {
      if (!sharedAccessSignature)
        throw new ReferenceError(`sharedAccessSignature cannot be '${sharedAccessSignature}'`);
      this.#credentials.replace(sharedAccessSignature);
      if (this.#line) await this.#authenticate((await this.#line).tokens);
      return new results.SharedAccessSignatureUpdated(false);
    }, callback);
  }

  /** The Microsoft Entra token of the credentials. */
  getToken(): Promise<{ token: string; expiresOnTimestamp: number }> {
    return this.#credentials.accessToken();
  }

  /** @internal Overridden by `AmqpWs`. */
  protected address(host: string, tls: AmqpAddress['tls']): AmqpAddress {
    return amqpAddress(host, tls);
  }

  #connected(): Promise<Line> {
    this.#line ??= this.#open();
    return this.#line;
  }

  #open(): Promise<Line> {
    const opening: Promise<Line> = serviceOperation('AMQP Transport: Could not connect', async () => {
      const connection = await AmqpConnection.open(this.address(this.#host, this.#tls), (error) =>
        this.#lost(opening, error),
      );
      try {
        const tokens = await TokenSender.open(connection);
        await this.#authenticate(tokens);
        return { connection, tokens, sender: new Kept(() => connection.sender(MESSAGES)), receivers: new Map() };
      } catch (error) {
        void connection.close();
        throw error;
      }
    });
    opening.catch(() => this.#line === opening && this.#forget());
    return opening;
  }

  async #authenticate(tokens: TokenSender): Promise<void> {
    const { renewAfterMs, ...claim } = await this.#credentials.claim();
    await tokens.put(claim);
    clearTimeout(this.#renewal);
    if (renewAfterMs === undefined) return;
    // If this fails, the hub ends the connection when the old token expires.
    this.#renewal = setTimeout(() => this.#authenticate(tokens).catch(() => undefined), renewAfterMs);
    this.#renewal.unref();
  }

  async #receiver(address: string) {
    const { connection, receivers } = await this.#connected();
    const open = async () => new ServiceReceiver(await connection.receiver(address));
    const receiver = receivers.get(address) ?? open();
    receivers.set(address, receiver);
    const forget = () => void (receivers.get(address) === receiver && receivers.delete(address));
    receiver.then((link) => link.once('error', forget), forget);
    return { result: await receiver, message: NO_MESSAGE };
  }

  #lost(line: Promise<Line>, error: unknown): void {
    if (this.#line !== line) return;
    this.#forget();
    this.emit('disconnect', amqpError('AMQP Transport: The connection was lost', error));
  }

  #forget(): void {
    this.#line = undefined;
    clearTimeout(this.#renewal);
  }
}
