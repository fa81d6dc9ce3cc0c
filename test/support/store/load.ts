import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
import { signSas } from '../../../protocol/sas.ts';
import { AmqpClient } from '../wire/amqp-client.ts';
import { MqttPeer } from '../wire/mqtt-peer.ts';

/** What `start --log-format json` prints. */
export interface Ready {
  readonly https: number;
  readonly mqtt: number;
  readonly amqp: number;
  readonly admin: number;
  readonly connectionString: string;
  readonly devices: readonly { readonly id: string; readonly connectionString: string }[];
}

/** What was acknowledged, as a hub must have it afterwards. */
export class Acknowledged {
  /** The latest number in tags and desired properties, by device. */
  readonly patched = new Map<string, number>();
  /** The latest number in reported properties, by device. */
  readonly reported = new Map<string, number>();
  readonly devices = new Set<string>();
  readonly jobs = new Set<string>();
  /** Ids of messages to devices. */
  readonly sent = new Set<string>();
  /** Ids of messages from devices. */
  readonly telemetry = new Set<string>();
  /** How many of each protocol. */
  readonly counts = { rest: 0, mqtt: 0, amqp: 0 };
  /** Answers other than those of a success. */
  readonly refused = new Set<string>();
}

export const REPORTERS = ['m0', 'm1', 'm2'];
export const SENDER = 'a0';
/** Of jobs, at a time. */
const TOO_MANY = 429;

/** Each takes 50 messages. */
export const SINKS = Array.from({ length: 20 }, (_, number) => `sink${number}`);
export const DEVICES = [...REPORTERS, SENDER, ...SINKS];

/** Load on all protocols, until the emulator or the test ends it. */
export class Load {
  readonly acknowledged: Acknowledged;
  readonly #ready: Ready;
  readonly #prefix: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false });
  #isOver = false;
  #count = 0;

  /** `prefix` makes ids that no other load has made. */
  constructor(ready: Ready, prefix: string, acknowledged = new Acknowledged()) {
    this.#ready = ready;
    this.#prefix = prefix;
    this.acknowledged = acknowledged;
  }

  /** Ends with the last worker: when the emulator is gone, or after `stop`. */
  async run(): Promise<void> {
    const workers = [this.#patches(), this.#registry(), this.#messages(), this.#jobs(), this.#amqp()];
    for (const id of REPORTERS) workers.push(this.#reports(id));
    await Promise.allSettled(workers);
    this.#agent.destroy();
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Status and body of a request to the service API; 0 if there is no answer. */
  rest(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<[number, string]> {
    const version = path.includes('?') ? '' : '?api-version=2021-04-12';
    return new Promise((done) => {
      const asking = request(
        {
          ...{ method, host: '127.0.0.1', port: this.#ready.https, path: `${path}${version}`, agent: this.#agent },
          headers: { authorization: serviceToken(this.#ready), 'content-type': 'application/json', ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part) => {
            text += part;
          });
          response.on('end', () => done([response.statusCode ?? 0, text]));
          response.on('error', () => done([0, '']));
        },
      );
      asking.on('error', () => done([0, '']));
      asking.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  async #work(act: (number: number) => Promise<boolean>): Promise<void> {
    while (!this.#isOver) if (!(await act(this.#count++))) return;
  }

  /** True unless the emulator is gone. */
  #restAnswer([status, text]: [number, string], acknowledge: () => void): boolean {
    if (status === 200 || status === 204) {
      this.acknowledged.counts.rest += 1;
      acknowledge();
    } else if (status !== 0 && status !== TOO_MANY) this.acknowledged.refused.add(`${status} ${text.slice(0, 120)}`);
    return status !== 0;
  }

  #patches(): Promise<void> {
    const id = SENDER;
    return this.#work(async (n) =>
      this.#restAnswer(
        await this.rest('PATCH', `/twins/${id}`, { tags: { n }, properties: { desired: { n } } }),
        () => void this.acknowledged.patched.set(id, n),
      ),
    );
  }

  #registry(): Promise<void> {
    return this.#work(async (n) => {
      const id = `${this.#prefix}-${n}`;
      const answer = await this.rest('PUT', `/devices/${id}`, { deviceId: id });
      return this.#restAnswer(answer, () => void this.acknowledged.devices.add(id));
    });
  }

  #messages(): Promise<void> {
    let sent = 0;
    return this.#work(async (n) => {
      if (sent >= SINKS.length * 25) return false; // their queues are full
      const [id, sink] = [`${this.#prefix}-${n}`, SINKS[sent++ % SINKS.length]];
      const path = `/devices/${sink}/messages/deviceBound`;
      const answer = await this.rest('POST', path, 'x', { 'iothub-messageid': id });
      return this.#restAnswer(answer, () => void this.acknowledged.sent.add(id));
    });
  }

  #jobs(): Promise<void> {
    return this.#work(async (n) => {
      const id = `${this.#prefix}-${n}`;
      const body = {
        ...{ jobId: id, type: 'scheduleUpdateTwin', queryCondition: "deviceId = 'sink0'" },
        ...{ updateTwin: { etag: '*', tags: { job: n } }, maxExecutionTimeInSeconds: 60 },
      };
      return this.#restAnswer(
        await this.rest('PUT', `/jobs/v2/${id}`, body),
        () => void this.acknowledged.jobs.add(id),
      );
    });
  }

  async #reports(id: string): Promise<void> {
    const peer = await this.#device(id);
    const { acknowledged } = this;
    await peer.subscribe('$iothub/twin/res/#');
    await this.#work(async (n) => {
      const message = `${this.#prefix}-${n}`;
      peer.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${n}`, JSON.stringify({ n, again: n }));
      peer.publish(`devices/${id}/messages/events/$.mid=${message}`, 'x', { qos: 1, messageId: (n % 60_000) + 1 });
      for (let left = 2; left > 0; left--) {
        const packet = await peer.next();
        if (packet.cmd === 'puback') acknowledged.telemetry.add(message);
        else if (String(packet.topic).startsWith('$iothub/twin/res/204/')) acknowledged.reported.set(id, n);
        else acknowledged.refused.add(`${packet.topic} ${packet.payload}`);
      }
      acknowledged.counts.mqtt += 2;
      return true;
    });
    await peer.vanish();
  }

  async #device(id: string): Promise<MqttPeer> {
    const { port, password, username } = credentials(this.#ready, id);
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', port, rejectUnauthorized: false });
    const peer = new MqttPeer(socket);
    await new Promise<void>((done, failed) => {
      socket.once('secureConnect', done);
      socket.once('error', failed);
    });
    await peer.connect({ clientId: id, username, password });
    return peer;
  }

  async #amqp(): Promise<void> {
    const tls = { transport: 'tls', servername: 'localhost', rejectUnauthorized: false, idle_time_out: 0 };
    const client = await AmqpClient.connect(this.#ready.amqp, tls);
    await client.putToken(serviceToken(this.#ready));
    const sender = await client.sender('/messages/devicebound');
    if (typeof sender === 'string') throw new Error(sender);
    let sent = 0;
    let gone = (): void => {};
    client.connection.once('disconnected', () => gone());
    await this.#work(async (n) => {
      if (sent >= SINKS.length * 20) return false;
      const [id, sink] = [`${this.#prefix}-amqp-${n}`, SINKS[sent++ % SINKS.length]];
      const outcome = await new Promise<string>((done) => {
        for (const name of ['accepted', 'rejected', 'released']) sender.once(name, () => done(name));
        gone = () => done('gone');
        sender.send({ message_id: id, to: `/devices/${sink}/messages/devicebound`, body: 'x' });
      });
      for (const name of ['accepted', 'rejected', 'released']) sender.removeAllListeners(name);
      if (outcome === 'accepted') {
        this.acknowledged.sent.add(id);
        this.acknowledged.counts.amqp += 1;
      } else if (outcome !== 'gone') this.acknowledged.refused.add(`amqp ${outcome}`);
      return outcome !== 'gone';
    });
    client.vanish();
  }
}

const serviceToken = ({ connectionString }: Ready): string => {
  const key = /SharedAccessKey=(.*)$/.exec(connectionString)?.[1] ?? '';
  return signSas({ resource: 'localhost', key, expiry: Math.ceil(Date.now() / 1000) + 3600, policy: 'iothubowner' });
};

const credentials = ({ devices, mqtt }: Ready, id: string) => {
  const text = devices.find((device) => device.id === id)?.connectionString ?? '';
  const key = /SharedAccessKey=(.*)$/.exec(text)?.[1] ?? '';
  const expiry = Math.ceil(Date.now() / 1000) + 3600;
  return {
    port: mqtt,
    username: `localhost/${id}/?api-version=2021-04-12`,
    password: signSas({ resource: `localhost/devices/${id}`, key, expiry }),
  };
};
