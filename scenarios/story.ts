import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EventHubConsumerClient } from '@azure/event-hubs';
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
  ServiceClient,
} from './sdk.ts';
import type { ReceivedMessage, Routing, World } from './world.ts';

/** Something that a person does with a hub, written once for every world. */
export interface Story {
  readonly title: string;
  tell(stage: Stage): Promise<void>;
  /** True if the service client opens a connection, which takes a network. */
  readonly isConnected: boolean;
}

export const story = (title: string, tell: Story['tell'], { isConnected = false } = {}): Story => ({
  title,
  tell,
  isConnected,
});

/** Runs a story in a world and then removes what it created. Rejects if a fact is not as expected. */
export const tell = async ({ tell }: Story, world: World, say: (line: string) => void = () => {}): Promise<void> => {
  const stage = new Stage(world, say);
  try {
    await tell(stage);
  } finally {
    await stage.clear();
  }
};

/** What a story works with. */
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

  /** A unique name. */
  invent(prefix: string): string {
    return `${prefix}-${randomUUID()}`;
  }

  /** Creates a device that is removed after the story. */
  async createDevice(description: Omit<DeviceDescription, 'deviceId'> = {}): Promise<string> {
    const deviceId = this.invent('story');
    this.#made.push(deviceId);
    await this.registry.create({ deviceId, ...description });
    return deviceId;
  }

  /** The client of a device, not yet open. */
  async device(deviceId: string): Promise<Connection> {
    const { responseBody } = await this.registry.get(deviceId);
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    return this.#keep(this.deviceWith(`DeviceId=${deviceId};SharedAccessKey=${key}`));
  }

  /** A client whose connection string has `rest` after the host name. */
  deviceWith(rest: string): Connection {
    const { sdk, transport } = this.#world;
    return sdk.device(`${this.#hostName()};${rest}`, transport);
  }

  /** A client that uses a token instead of a key. */
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

  /** Creates a configuration that is removed after the story. */
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

  /** Reports properties; resolves when the hub has confirmed. */
  report(twin: DeviceTwin, patch: object): Promise<void> {
    const { update } = twin.properties.reported;
    assert.equal(typeof update, 'function');
    return new Promise((done, failed) => {
      const confirm = (error?: Error | null) => (error ? failed(error) : done());
      Reflect.apply(update as (...of: unknown[]) => void, twin.properties.reported, [patch, confirm]); // checked above
    });
  }

  /** The ids that a query finds, sorted. Repeats the query until `isEnough`, as long as queries may lag. */
  async find(text: string, isEnough: (found: string[]) => boolean): Promise<string[]> {
    const end = Date.now() + this.#world.queryLagSeconds * 1000;
    for (;;) {
      const found: string[] = [];
      for (const query = this.registry.createQuery(text, 2); query.hasMoreResults; )
        found.push(...(await query.nextAsTwin()).result.map((twin) => twin.deviceId));
      if (isEnough(found) || Date.now() > end) return found.sort();
      await pause(2_000);
    }
  }

  /** Calls `look` until `isEnough` or a timeout; returns the last result. */
  async until<T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> {
    // the service evaluates configurations every five minutes
    const end = Date.now() + Math.max(10, 10 * this.#world.queryLagSeconds) * 1000;
    for (let wait = 10; ; wait = Math.min(2 * wait, 2_000)) {
      const seen = await look();
      if (isEnough(seen) || Date.now() > end) return seen;
      await pause(wait);
    }
  }

  /** Calls a device that may not have subscribed yet. */
  reached<T>(call: () => Promise<T>): Promise<T> {
    return this.#again(call, '404103');
  }

  /** Schedules a job; on a small hub it waits until the job before is done. */
  scheduled<T>(schedule: () => Promise<T>): Promise<T> {
    return this.#again(schedule, 'ThrottlingMaxActiveJobCountExceeded');
  }

  /** Waits until a job has ended. */
  ended(jobId: string): Promise<JobRecord> {
    const look = async () => (await this.jobs.getJob(jobId)).jobStatus;
    return this.until(look, ({ status }) => ['completed', 'failed', 'cancelled'].includes(status));
  }

  /** Checks a fact and prints it. */
  see(fact: string, actual: unknown, expected: unknown): void {
    assert.deepEqual(actual, expected, fact);
    this.#say(fact);
  }

  /** The message with this id as the hub received it; undefined if the hub does not show messages. */
  received(messageId: string): ReceivedMessage | undefined {
    const { arrived } = this.#world;
    const found = arrived?.find(({ system }) => system.messageId === messageId);
    assert.equal(found === undefined, arrived === undefined, 'the message has arrived');
    return found;
  }

  /** A reader of what devices send; undefined if the connection string of the event hub is not known. */
  eventReader(): EventHubConsumerClient | undefined {
    const { eventsConnectionString } = this.#world;
    return eventsConnectionString === undefined
      ? undefined
      : new EventHubConsumerClient('$Default', eventsConnectionString);
  }

  /** Gives the hub routes until the story ends. False if they are not a story's to change. */
  route(routing: Routing): boolean {
    this.#world.route?.(routing);
    return this.#world.route !== undefined;
  }

  /** The text of a file; undefined if the hub does not show files. */
  uploaded(blobName: string): string | undefined {
    return this.#world.uploaded?.(blobName);
  }

  /** The name of the error with which `work` fails. */
  async failure(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'no error',
      (error: Error) => error.name,
    );
  }

  async clear(): Promise<void> {
    this.#world.route?.(undefined);
    for (const connection of [...this.#open, this.service]) await connection.close().catch(() => {});
    for (const id of this.#configured) await this.registry.removeConfiguration(id).catch(() => {});
    for (const deviceId of this.#made) await this.registry.delete(deviceId).catch(() => {});
  }

  /** Tries again while the hub answers with this error code. */
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
