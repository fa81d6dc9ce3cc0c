import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { NotConnectedError, TimeoutError } from '../../shared/errors.ts';
import { mqttError } from './error.ts';

/** The URI and the options of a connection. */
export interface Address {
  readonly uri: string;
  readonly options: IClientOptions;
}

/** Callbacks; `onClosed` is not called if we close the connection. */
export interface ConnectionEvents {
  onMessage(topic: string, payload: Buffer): void;
  onClosed(connection: Connection, error: Error): void;
}

const ANSWER_MS = 30_000;

/** One MQTT connection, from CONNACK to its end. It never reconnects; its owner opens another one. */
export class Connection {
  readonly #client: MqttClient;
  readonly #waiting = new Set<(error: Error) => void>();
  #ended: Error | undefined;

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  /** Rejects with one of `errors` if the connection fails or is rejected. */
  static open({ uri, options }: Address, events: ConnectionEvents): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const client = connect(uri, options);
      const connection = new Connection(client);
      let last: Error | undefined;
      client.on('message', (topic, payload) => events.onMessage(topic, payload));
      client.on('error', (error) => {
        last = mqttError(error);
        if (connection.#client.connected) return;
        connection.#end(last);
        reject(last);
      });
      client.on('close', () => {
        const wasOpen = connection.#ended === undefined;
        const error = last ?? new NotConnectedError('Connection to the server has been closed.');
        connection.#end(error);
        reject(error);
        if (wasOpen) events.onClosed(connection, error);
      });
      client.once('connect', () => resolve(connection));
    });
  }

  /** Resolves when the packet is sent (QoS 0) or acknowledged (QoS 1). */
  publish(topic: string, payload: string | Buffer, qos: 0 | 1): Promise<void> {
    return this.#await((done) => this.#client.publish(topic, payload, { qos, retain: false }, done));
  }

  subscribe(filter: string, qos: 0 | 1): Promise<void> {
    return this.#await((done) => this.#client.subscribe(filter, { qos }, done));
  }

  unsubscribe(filter: string): Promise<void> {
    return this.#await((done) => this.#client.unsubscribe(filter, done));
  }

  /** Sends DISCONNECT once everything sent is acknowledged; `force` drops the connection instead. */
  close(force = false): Promise<void> {
    this.#ended ??= new NotConnectedError('Connection was closed by the client.');
    return new Promise((resolve) => {
      const drop = setTimeout(() => this.#client.end(true, {}, () => resolve()), ANSWER_MS);
      this.#client.end(force, {}, () => {
        clearTimeout(drop);
        this.#end(new NotConnectedError('Connection was closed by the client.'));
        resolve();
      });
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const fail of this.#waiting) fail(error);
    this.#waiting.clear();
    if (!this.#client.disconnecting) this.#client.end(true);
  }

  #await(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const late = setTimeout(() => finish(new TimeoutError('Message not acknowledged')), ANSWER_MS);
      const finish = (error?: Error | null) => {
        clearTimeout(late);
        this.#waiting.delete(finish);
        if (error) reject(mqttError(error));
        else resolve();
      };
      this.#waiting.add(finish);
      start(finish);
    });
  }
}
