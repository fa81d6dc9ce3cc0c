import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  Configuration,
  Connection,
  DeviceDescription,
  DeviceTwin,
  DigitalTwinClient,
  JobClient,
  JobRecord,
  ModuleClient,
  ModuleConnection,
  Registry,
  Sdk,
  ServiceClient,
  Transport,
} from './sdk.ts';

/** What a story happens on: one SDK, one transport, one hub. */
export interface World {
  readonly sdk: Sdk;
  readonly transport: Transport;
  /** Of a service policy that may do everything. */
  readonly connectionString: string;
  /** Seconds that a query may lag behind. */
  readonly patience: number;
  /** Messages of devices as they arrive, where the hub lets one look. */
  readonly arrived?: readonly Arrival[] | undefined;
}

/** A device's message as the hub has it. */
export interface Arrival {
  readonly body: string;
  readonly system: Readonly<Record<string, string>>;
  readonly application: Readonly<Record<string, string>>;
}

/** Something that a person does with a hub, told once for every world. */
export interface Story {
  readonly title: string;
  tell(stage: Stage): Promise<void>;
}

export const story = (title: string, tell: Story['tell']): Story => ({ title, tell });

/** Tells a story in a world; what it made is gone afterwards. Rejects if it sees what it should not. */
export const tell = async ({ tell }: Story, world: World, say: (line: string) => void = () => {}): Promise<void> => {
  const stage = new Stage(world, say);
  try {
    await tell(stage);
  } finally {
    await stage.clear();
  }
};

/** The means of a story. */
export class Stage {
  readonly registry: Registry;
  readonly service: ServiceClient;
  readonly jobs: JobClient;
  readonly digitalTwins: DigitalTwinClient;
  readonly #world: World;
  readonly #say: (line: string) => void;
  readonly #made: string[] = [];
  readonly #configured: string[] = [];
  readonly #open: ModuleConnection[] = [];

  constructor(world: World, say: (line: string) => void) {
    this.registry = world.sdk.registry(world.connectionString);
    this.service = world.sdk.service(world.connectionString);
    this.jobs = world.sdk.jobs(world.connectionString);
    this.digitalTwins = world.sdk.digitalTwins(world.connectionString);
    this.#world = world;
    this.#say = say;
  }

  /** A name that nobody else has. */
  invent(prefix: string): string {
    return `${prefix}-${randomUUID()}`;
  }

  /** A device of its own. */
  async createDevice(description: Omit<DeviceDescription, 'deviceId'> = {}): Promise<string> {
    const deviceId = this.invent('story');
    this.#made.push(deviceId);
    await this.registry.create({ deviceId, ...description });
    return deviceId;
  }

  /** The device's client, not yet open. */
  async device(deviceId: string): Promise<Connection> {
    const { responseBody } = await this.registry.get(deviceId);
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    return this.#keep(this.deviceWith(`DeviceId=${deviceId};SharedAccessKey=${key}`));
  }

  /** A client with what follows the hub's name in its connection string. */
  deviceWith(rest: string): Connection {
    const { sdk, transport } = this.#world;
    return sdk.device(`${this.#hostName()};${rest}`, transport);
  }

  /** A client that shows a token instead of a key. */
  async deviceWithToken(deviceId: string): Promise<Connection> {
    const { responseBody } = await this.registry.get(deviceId);
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    const { sdk, transport } = this.#world;
    const expiry = Math.ceil(Date.now() / 1000) + 3600;
    const token = sdk.sign(this.#hostName().slice('HostName='.length), deviceId, key, expiry);
    return this.#keep(sdk.deviceByToken(token, transport));
  }

  async module(deviceId: string, moduleId: string): Promise<ModuleClient> {
    const { responseBody } = await this.registry.getModule(deviceId, moduleId);
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    const text = `${this.#hostName()};DeviceId=${deviceId};ModuleId=${moduleId};SharedAccessKey=${key}`;
    return this.#keep(this.#world.sdk.module(text, this.#world.transport));
  }

  /** An automatic configuration of its own. */
  async configure(configuration: Configuration): Promise<void> {
    this.#configured.push(configuration.id);
    await this.registry.addConfiguration(configuration);
  }

  registryWith(rest: string): Registry {
    return this.#world.sdk.registry(`${this.#hostName()};${rest}`);
  }

  message(body: string) {
    return this.#world.sdk.message(body);
  }

  /** Reports, and gives back once the hub has confirmed. */
  report(twin: DeviceTwin, patch: object): Promise<void> {
    const { update } = twin.properties.reported;
    assert.equal(typeof update, 'function');
    return new Promise((done, failed) => {
      const confirm = (error?: Error | null) => (error ? failed(error) : done());
      Reflect.apply(update as (...of: unknown[]) => void, twin.properties.reported, [patch, confirm]); // checked above
    });
  }

  /** The ids that a query finds, sorted: at once, or when `isEnough` after some time on a hub whose queries lag. */
  async find(text: string, isEnough: (found: string[]) => boolean): Promise<string[]> {
    const end = Date.now() + this.#world.patience * 1000;
    for (;;) {
      const found: string[] = [];
      for (const query = this.registry.createQuery(text, 2); query.hasMoreResults; )
        found.push(...(await query.nextAsTwin()).result.map((twin) => twin.deviceId));
      if (isEnough(found) || Date.now() > end) return found.sort();
      await pause(2_000);
    }
  }

  /** Looks again until it is as it should be, or long enough: what was seen last. */
  async until<T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> {
    // configurations are looked at every five minutes on the service
    const end = Date.now() + Math.max(10, 10 * this.#world.patience) * 1000;
    for (let wait = 10; ; wait = Math.min(2 * wait, 2_000)) {
      const seen = await look();
      if (isEnough(seen) || Date.now() > end) return seen;
      await pause(wait);
    }
  }

  /** Calls a device that may not listen yet. */
  reached<T>(call: () => Promise<T>): Promise<T> {
    return this.#again(call, '404103');
  }

  /** Schedules a job, on a small hub after the one before it. */
  scheduled<T>(schedule: () => Promise<T>): Promise<T> {
    return this.#again(schedule, 'ThrottlingMaxActiveJobCountExceeded');
  }

  /** Waits until a job is over. */
  ended(jobId: string): Promise<JobRecord> {
    const look = async () => (await this.jobs.getJob(jobId)).jobStatus;
    return this.until(look, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status));
  }

  /** Says what happened, after checking that it did. */
  see(fact: string, actual: unknown, expected: unknown): void {
    assert.deepEqual(actual, expected, fact);
    this.#say(fact);
  }

  /** The message of that id as the hub has it; undefined on a hub that cannot be looked into. */
  arrival(messageId: string): Arrival | undefined {
    const { arrived } = this.#world;
    const found = arrived?.find(({ system }) => system.messageId === messageId);
    assert.equal(found === undefined, arrived === undefined, 'the message has arrived');
    return found;
  }

  /** The name of the error with which `work` fails. */
  async failure(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'no error',
      (error: Error) => error.name,
    );
  }

  async clear(): Promise<void> {
    for (const connection of this.#open) await connection.close().catch(() => {});
    for (const id of this.#configured) await this.registry.removeConfiguration(id).catch(() => {});
    for (const deviceId of this.#made) await this.registry.delete(deviceId).catch(() => {});
  }

  /** Tries again while the hub refuses with the one code. */
  async #again<T>(act: () => Promise<T>, code: string): Promise<T> {
    const outcome = await this.until(
      () =>
        act().then(
          (result) => ({ result }),
          (error: unknown) => ({ error }),
        ),
      (seen) => 'result' in seen || !JSON.stringify(Object(seen.error).responseBody ?? '').includes(code),
    );
    if ('result' in outcome) return outcome.result;
    throw outcome.error;
  }

  #keep<T extends ModuleConnection>(connection: T): T {
    this.#open.push(connection);
    return connection;
  }

  #hostName(): string {
    return this.#world.connectionString.split(';').find((part) => part.startsWith('HostName=')) ?? '';
  }
}
