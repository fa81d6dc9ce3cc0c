import type { EventContext, Connection as RheaConnection, ConnectionOptions as RheaOptions } from 'rhea';
import { NotConnectedError, TimeoutError } from '../errors.ts';
import type { Answers } from './answers.ts';
import { AmqpReceiver } from './receiver.ts';
import { AmqpSender } from './sender.ts';

/** Where to connect. */
export interface AmqpAddress {
  readonly host: string;
  readonly port: number;
  /** Connects through this WebSocket instead of a TLS socket. */
  readonly webSocket?: string;
  /** Options of TLS, in PEM. */
  readonly tls: {
    readonly ca?: string | Buffer;
    readonly cert?: string;
    readonly key?: string | Buffer;
    readonly passphrase?: string;
  };
}

const ANSWER_MS = 60_000;
/** The sub-protocol of AMQP over WebSocket: http://docs.oasis-open.org/amqp-bindmap/amqp-wsb/v1.0/ */
const SUB_PROTOCOL = 'AMQPWSB10';

/** One AMQP connection with one session, from `open` to its end. It never reconnects; its owner opens another one. */
export class AmqpConnection implements Answers {
  readonly #rhea: RheaConnection;
  readonly #waiting = new Set<(error: unknown) => void>();
  readonly #onClosed: (error: unknown) => void;
  #isOpen = false;
  #ended: unknown;

  private constructor(rhea: RheaConnection, onClosed: (error: unknown) => void) {
    this.#rhea = rhea;
    this.#onClosed = onClosed;
    this.#listen();
  }

  /** Rejects with the error of the socket or of the hub. `onClosed` is not called if we close the connection. */
  static async open(address: AmqpAddress, onClosed: (error: unknown) => void): Promise<AmqpConnection> {
    const { default: rhea } = await import('rhea'); // here, because most programs do not use AMQP
    const connection = new AmqpConnection(rhea.create_container().connect(await optionsOf(address)), onClosed);
    await connection.wait<void>((resolve) => connection.#rhea.once('connection_open', () => resolve()));
    connection.#isOpen = true;
    return connection;
  }

  /** Rejects with the hub's error if it refuses the link. */
  async sender(address: string, options: object = {}): Promise<AmqpSender> {
    const sender = this.#rhea.open_sender({ target: { address }, ...options });
    await AmqpSender.opened(sender, this);
    return new AmqpSender(sender, this);
  }

  /** Rejects with the hub's error if it refuses the link. Messages come once `start` is called. */
  async receiver(address: string, options: object = {}): Promise<AmqpReceiver> {
    const receiver = this.#rhea.open_receiver({
      source: { address },
      autoaccept: false,
      credit_window: 0,
      ...options,
    });
    await AmqpReceiver.opened(receiver, this);
    return new AmqpReceiver(receiver, this);
  }

  /** Ends the connection if the hub ends this link: its owner opens another one with all its links. */
  dependOn(link: AmqpReceiver): void {
    link.on('closed', (error: unknown) => this.#drop(error));
  }

  /** Resolves when the hub has confirmed the end, or the connection has ended otherwise. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = this.wait<void>((resolve) => this.#rhea.once('connection_close', () => resolve()));
    this.#ended = new NotConnectedError('Connection was closed by the client.');
    this.#rhea.close();
    await closed.catch(() => undefined);
    this.#fail();
  }

  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const settled = () => {
        clearTimeout(late);
        this.#waiting.delete(fail);
      };
      const fail = (error: unknown) => {
        settled();
        reject(error);
      };
      const late = setTimeout(() => fail(new TimeoutError('The hub has not answered')), ANSWER_MS);
      this.#waiting.add(fail);
      start((value) => {
        settled();
        resolve(value);
      }, fail);
    });
  }

  #listen(): void {
    for (const name of ['connection_error', 'session_error']) this.#rhea.on(name, () => undefined);
    this.#rhea.on('connection_close', ({ connection }: EventContext) => this.#end(connection.error));
    this.#rhea.on('session_close', ({ session }: EventContext) => this.#drop(session?.error));
    for (const name of ['error', 'protocol_error']) this.#rhea.on(name, (error: unknown) => this.#end(error));
    this.#rhea.on('disconnected', ({ error }: EventContext) => this.#end(error));
  }

  #drop(error: unknown): void {
    this.#end(error);
    this.#rhea.close();
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = error ?? new NotConnectedError('rhea: connection disconnected'); // text of azure-iot-amqp-base 2.5
    this.#fail();
    if (this.#isOpen) this.#onClosed(this.#ended);
  }

  #fail(): void {
    for (const fail of [...this.#waiting]) fail(this.#ended);
  }
}

const optionsOf = async ({ host, port, webSocket, tls }: AmqpAddress): Promise<RheaOptions> => ({
  transport: 'tls',
  host,
  port,
  hostname: host,
  servername: host,
  reconnect: false,
  ...tls,
  ...(webSocket === undefined ? {} : { connection_details: await through(webSocket, tls) }),
});

const through = async (url: string, tls: object) => {
  const [{ default: rhea }, { WebSocket }] = await Promise.all([import('rhea'), import('ws')]);
  // rhea's types demand that handlers may be null; ws takes undefined as well
  const connect = rhea.websocket_connect(WebSocket as unknown as Parameters<typeof rhea.websocket_connect>[0]);
  // what it returns is what rhea expects, although its types differ
  return connect(url, SUB_PROTOCOL, tls) as unknown as NonNullable<RheaOptions['connection_details']>;
};
