import { once } from 'node:events';
import type { Socket } from 'node:net';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Delivery,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea';

/** A message that has come, and its delivery. */
export interface Received {
  readonly message: Message;
  readonly delivery: Delivery;
}

/** How a link or a message was refused: the condition. */
type Refused = string;

/** A client of the hub: links by address, messages one by one. */
export class AmqpClient {
  readonly connection: Connection;
  readonly #replies: Receiver;
  readonly #tokens: Sender;
  readonly #queues = new Map<Receiver, Received[]>();

  private constructor(connection: Connection) {
    this.connection = connection;
    for (const name of ['connection_error', 'disconnected', 'error', 'session_error'])
      connection.on(name, () => undefined);
    this.#tokens = connection.open_sender('$cbs');
    this.#replies = this.#receive('$cbs', {});
  }

  static async connect(port: number, options: object = {}): Promise<AmqpClient> {
    const connection = AmqpClient.dial(port, options);
    await once(connection, 'connection_open');
    return new AmqpClient(connection);
  }

  /** A connection that is not open yet. */
  static dial(port: number, options: object = {}): Connection {
    return rhea
      .create_container({ id: 'client' })
      .connect({ host: '127.0.0.1', port, reconnect: false, ...options } as ConnectionOptions); // a plain socket
  }

  /** Sends a token; returns the status code and the type of the correlation id that come back. */
  async putToken(token: string, fields: Partial<Message> = {}): Promise<number> {
    if (!this.#tokens.is_open()) await once(this.#tokens, 'sendable');
    this.#tokens.send({
      message_id: 'm1',
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'any' },
      body: token,
      ...fields,
    });
    const { message } = await this.next(this.#replies);
    return message.application_properties?.['status-code'];
  }

  /** Resolves when the hub has attached the link, or with the condition with which it has refused it. */
  async sender(address: string, options: object = {}): Promise<Sender | Refused> {
    const sender = this.connection.open_sender({ target: { address }, ...options });
    return settledLink(sender, 'sendable');
  }

  async receiver(address: string, options: object = {}): Promise<Receiver | Refused> {
    const receiver = this.#receive(address, options);
    return settledLink(receiver, 'receiver_open');
  }

  /** Sends a message; resolves with `accepted`, or the condition with which it was rejected or its link ended. */
  async send(address: string, message: Message): Promise<string> {
    const sender = await this.sender(address);
    if (typeof sender === 'string') return sender;
    sender.send(message);
    return Promise.race([
      once(sender, 'accepted').then(() => 'accepted'),
      once(sender, 'rejected').then(([{ delivery }]) => delivery.remote_state.error.condition),
      once(sender, 'sender_error').then(() => (sender.error as { condition: string }).condition), // as the hub always sends one
    ]);
  }

  /** The next message of a link. */
  async next(receiver: Receiver | Refused): Promise<Received> {
    if (typeof receiver === 'string') throw new Error(receiver);
    const queue = this.#queues.get(receiver) ?? [];
    while (queue.length === 0) await once(receiver, 'message');
    return queue.shift() ?? this.next(receiver);
  }

  /** Resolves when the connection has ended, with the condition that the hub gave. */
  async ended(): Promise<string | undefined> {
    if (this.connection.is_open())
      await Promise.race(['connection_close', 'disconnected'].map((name) => once(this.connection, name)));
    // missing from rhea's types
    return (this.connection.error as { condition?: string } | undefined)?.condition;
  }

  /** Ends the connection without a word. */
  vanish(): void {
    this.socket.destroy();
  }

  get socket(): Socket {
    // missing from rhea's types
    return (this.connection as unknown as { socket: Socket }).socket;
  }

  #receive(address: string, options: object): Receiver {
    const receiver = this.connection.open_receiver({ source: { address }, autoaccept: false, ...options });
    const queue: Received[] = [];
    this.#queues.set(receiver, queue);
    receiver.on('message', ({ message, delivery }) => {
      if (message !== undefined && delivery !== undefined) queue.push({ message, delivery });
    });
    return receiver;
  }
}

const settledLink = async <L extends Sender | Receiver>(link: L, opened: string): Promise<L | Refused> =>
  new Promise((done) => {
    const kind = link.is_sender() ? 'sender' : 'receiver';
    let refusal: string | undefined;
    link.once(`${kind}_error`, () => {
      refusal = (link.error as { condition: string }).condition; // as the hub always sends one
    });
    link.once(`${kind}_close`, () => done(refusal ?? 'closed'));
    link.once(opened, () => setImmediate(() => link.is_open() && done(link)));
  });
