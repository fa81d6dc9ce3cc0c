import { once } from 'node:events';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
} from 'rhea';

/** The next event of a kind. */
export const event = async (emitter: Connection | Sender | Receiver, name: string): Promise<EventContext> => {
  const [context] = await once(emitter, name);
  return context;
};

/** rhea as a client of a server on this machine. */
export class RheaClient implements AsyncDisposable {
  readonly connection: Connection;

  constructor(port: number, options: Partial<ConnectionOptions> = {}) {
    this.connection = rhea
      .create_container()
      .connect({ host: '127.0.0.1', port, username: 'anonymous', reconnect: false, ...options } as ConnectionOptions); // a plain socket
    for (const name of ['connection_error', 'disconnected', 'error', 'session_error'])
      this.connection.on(name, () => undefined);
  }

  async open(): Promise<this> {
    await event(this.connection, 'connection_open');
    return this;
  }

  async sender(address: string): Promise<Sender> {
    const sender = this.connection.open_sender(address);
    await event(sender, 'sendable');
    return sender;
  }

  receiver(address: string, options: object = {}): Receiver {
    return this.connection.open_receiver({ source: address, autoaccept: false, ...options });
  }

  /** Sends, and says how it went. */
  async send(sender: Sender, message: Message): Promise<string> {
    sender.send(message);
    return Promise.race(
      ['accepted', 'rejected', 'released', 'modified'].map(async (outcome) =>
        event(sender, outcome).then(() => outcome),
      ),
    );
  }

  async close(): Promise<void> {
    this.connection.close();
    await event(this.connection, 'connection_close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.connection.is_open()) await this.close();
  }
}
