import { request as httpRequest } from 'node:http';
import { duplexPair } from 'node:stream';
import { Client, ModuleClient } from 'iothub-emulator/device';
import {
  DigitalTwinClient,
  IoTHubTokenCredentials,
  JobClient,
  Registry,
  Client as Service,
} from 'iothub-emulator/service';
import { Dispatcher } from 'undici';
import type { AuthenticationProvider } from '../../../clients/shared/authentication-provider.ts';
import { alasqlRelations } from '../../../emulator/alasql/relations.ts';
import { Authenticator } from '../../../emulator/auth/authenticate.ts';
import { deriveFrom } from '../../../emulator/auth/derive-key.ts';
import { policies } from '../../../emulator/auth/policies.ts';
import { serviceString } from '../../../emulator/endpoints/connection-strings.ts';
import type { Published } from '../../../emulator/hub/events.ts';
import { Hub } from '../../../emulator/hub/hub.ts';
import { exportFleet } from '../../../emulator/hub/snapshots/fleet-document.ts';
import { restoreSnapshot, takeSnapshot } from '../../../emulator/hub/snapshots/snapshot.ts';
import { VirtualClock } from '../../../emulator/kernel/clock.ts';
import { silentLog } from '../../../emulator/log.ts';
import { createRestServer } from '../../../emulator/servers/rest/server.ts';
import { ours } from '../../../scenarios/ours.ts';
import type { Sdk } from '../../../scenarios/sdk.ts';
import type { ReceivedMessage, World } from '../../../scenarios/world.ts';
import { InProcess } from './in-process.ts';
import { rowsOfPresent } from './mirror.ts';

const POLICIES = policies();
const SEED = 42;

/** A hub under our own clients with nothing between them but memory; it can be taken up by another hub at any turn. */
export class Bench implements AsyncDisposable {
  readonly events: Published[] = [];
  readonly lines = new Set<InProcess>();
  readonly #arrived: ReceivedMessage[] = [];
  /** At which turn the hub is to be taken up by the other one. */
  readonly #cut: number | undefined;
  readonly #stands: readonly [Stand, Stand];
  #stand: Stand;
  #turns = 0;
  #underWay = 0;

  private constructor(stands: readonly [Stand, Stand], cut: number | undefined) {
    this.#stands = stands;
    this.#stand = stands[0];
    this.#cut = cut;
    this.#attend();
  }

  static async open(now: number, cut?: number): Promise<Bench> {
    return new Bench([await stand(now), await stand(now)], cut);
  }

  get hub(): Hub {
    return this.#stand.hub;
  }

  get auth(): Authenticator {
    return this.#stand.auth;
  }

  /** How often clients have turned to the hub when it was quiet. */
  get turns(): number {
    return this.#turns;
  }

  /** All that the hub is, as text. */
  get state(): string {
    return JSON.stringify([exportFleet(this.hub), rowsOfPresent(this.hub)], null, 1);
  }

  /** Where a story can be told. */
  get world(): World {
    const bench = this;
    const line = class extends InProcess {
      constructor(provider: AuthenticationProvider) {
        super(bench, provider);
      }
    };
    const options = { dispatcher: new Memory((asked) => this.#rest(asked)) };
    const sdk: Sdk = {
      ...ours,
      registry: (text) => Registry.fromConnectionString(text, options),
      service: (text) => Service.fromConnectionString(text, undefined, options),
      jobs: (text) => JobClient.fromConnectionString(text, options),
      digitalTwins: (text) => new DigitalTwinClient(new IoTHubTokenCredentials(text), options),
      device: (text) => Client.fromConnectionString(text, line),
      deviceByToken: (token) => Client.fromSharedAccessSignature(token, line),
      module: (text) => ModuleClient.fromConnectionString(text, line),
    };
    const connectionString = serviceString('localhost', POLICIES);
    const route: World['route'] = (routing) =>
      routing === undefined ? this.hub.router.reset() : this.hub.router.replace({ ...routing });
    return { sdk, transport: 'MQTT', connectionString, queryLagSeconds: 0, arrived: this.#arrived, route };
  }

  /** To be called before each step that a client takes: between two of them the hub may become another one. */
  turn(): void {
    if (!this.#isQuiet) return;
    this.#turns += 1;
    if (this.#turns !== this.#cut) return;
    const [{ hub }, next] = this.#stands;
    next.clock.advance(hub.clock.now() - next.clock.now());
    restoreSnapshot(next.hub, takeSnapshot(hub));
    this.#stand = next;
    this.#attend();
    for (const line of this.lines) line.open();
    next.clock.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { rest } of this.#stands) await rest.close();
  }

  /** A method call that waits is a promise, and no part of a snapshot. */
  get #isQuiet(): boolean {
    return this.#underWay === 0 && !this.hub.scheduler.entries().some(({ kind }) => kind === 'method');
  }

  #attend(): void {
    const { hub, clock } = this.#stand;
    hub.events.listen((event) => {
      this.events.push(event);
      // what is due at once, such as a job, runs at once
      queueMicrotask(() => clock.settle());
      if (event.type !== 'telemetry') return;
      const { message, routes, endpoints } = event;
      const { body, system, properties } = message;
      this.#arrived.push({ body: Buffer.from(body).toString(), system, properties, routes, endpoints });
    });
  }

  async #rest({ path, method, headers, body }: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    this.turn();
    this.#underWay += 1;
    const [client, server] = duplexPair();
    this.#stand.rest.http.emit('connection', server);
    return new Promise((done, failed) => {
      const options = {
        createConnection: () => client,
        path,
        method,
        headers: { ...headersOf(headers), host: 'localhost' },
      };
      const asked = httpRequest(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          this.#underWay -= 1;
          const body = new Response(Buffer.concat(chunks));
          const said = { statusCode: answer.statusCode ?? 0, headers: answer.headers, body };
          done(said as unknown as Dispatcher.ResponseData); // the members that RestApi reads
        });
      });
      asked.on('error', failed);
      asked.end(typeof body === 'string' ? body : undefined);
    });
  }
}

/** undici takes other forms too, but RestApi gives a plain object of texts. */
const headersOf = (headers: Dispatcher.RequestOptions['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));

/** undici's way to the network, without a network. */
class Memory extends Dispatcher {
  readonly #ask: (asked: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

  constructor(ask: (asked: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>) {
    super();
    this.#ask = ask;
  }

  override request(asked: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  override request(asked: Dispatcher.RequestOptions, done: unknown): void;
  override request(asked: Dispatcher.RequestOptions) {
    return this.#ask(asked);
  }
}

/** A hub and its REST server, which listens to nothing. */
const stand = async (now: number) => {
  const clock = new VirtualClock(now);
  const hub = new Hub({ clock, seed: SEED, derive: deriveFrom(SEED), relations: alasqlRelations() });
  const find = (key: string) => hub.registry.find(key);
  const auth = new Authenticator({ policies: POLICIES, find, mode: 'strict', log: silentLog });
  const rest = createRestServer({ hub, auth, log: silentLog });
  await rest.ready();
  return { hub, clock, auth, rest };
};
type Stand = Awaited<ReturnType<typeof stand>>;
