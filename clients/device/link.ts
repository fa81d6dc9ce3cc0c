import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { NotConnectedError, TimeoutError } from '../shared/errors.ts';
import { mqttError } from './mqtt-error.ts';

/** Where and as whom to connect. */
export interface LinkAddress {
  readonly uri: string;
  readonly options: IClientOptions;
}

/** What comes in; `onClosed` is not called for a link that was closed by us. */
export interface LinkEvents {
  onMessage(topic: string, payload: Buffer): void;
  onClosed(error: Error): void;
}

const ANSWER_MS = 30_000;

/** One MQTT connection, from CONNACK to its end. It never reconnects: that is its owner's business. */
export class Link {
  readonly #client: MqttClient;
  readonly #waiting = new Set<(error: Error) => void>();
  #ended: Error | undefined;

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  /** Rejects with one of `errors` if the connection is refused or cannot be made. */
  static open({ uri, options }: LinkAddress, events: LinkEvents): Promise<Link> {
    return new Promise((resolve, reject) => {
      const client = connect(uri, options);
      const link = new Link(client);
      let last: Error | undefined;
      client.on('message', (topic, payload) => events.onMessage(topic, payload));
      client.on('error', (error) => {
        last = mqttError(error);
        if (link.#client.connected) return;
        link.#end(last);
        reject(last);
      });
      client.on('close', () => {
        const wasOpen = link.#ended === undefined;
        const error = last ?? new NotConnectedError('Connection to the server has been closed.');
        link.#end(error);
        reject(error);
        if (wasOpen) events.onClosed(error);
      });
      client.once('connect', () => resolve(link));
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

  /** Says goodbye after what is under way was acknowledged; `force` drops the connection instead. */
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
