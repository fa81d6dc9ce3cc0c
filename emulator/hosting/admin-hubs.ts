import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HubList } from '../../protocol/admin/hubs.ts';
import type { Info } from '../../protocol/admin/server.ts';
import { HubError } from '../../protocol/errors.ts';
import { keyOf } from '../../protocol/identity-key.ts';
import { eventHubString, identityString, serviceString } from '../endpoints/connection-strings.ts';
import { hostNameOf } from '../endpoints/endpoint.ts';
import { forkHostName } from '../endpoints/host-names.ts';
import type { ClientPorts } from '../endpoints/protocols.ts';
import { eventHubName } from '../hub/routing/event-hub-name.ts';
import { type AdminRoute, adminRoute } from '../servers/admin/route.ts';
import type { HubsParts } from '../servers/admin/routes/hubs.ts';
import { forkRoutes } from '../servers/admin/routes/index.ts';
import type { HostedHubs } from './host-hubs.ts';
import type { HostedHub } from './hosted-hub.ts';
import { withOwner } from './owner.ts';
import { settle } from './settle.ts';

interface AdminHubsParts {
  readonly hubs: HostedHubs;
  readonly address: { readonly hostname: string; readonly ports: ClientPorts };
  /** What `/info` answers for the original. */
  info(): Omit<Info, 'operations'>;
}

/** More are a mistake of a program that does not close them. */
const MOST_FORKS = 1_000;

/** The hubs of an emulator as the admin API shows them. */
export class AdminHubs implements HubsParts {
  readonly #parts: AdminHubsParts;
  readonly #routes = new WeakMap<HostedHub, readonly AdminRoute[]>();

  constructor(parts: AdminHubsParts) {
    this.#parts = parts;
  }

  list(): HubList {
    const { hubs, address } = this.#parts;
    const forks = hubs.forks.all().map(([name, hosted]) => rowOf(name, forkHostName(name), hosted));
    return [{ ...rowOf(address.hostname, address.hostname, hubs.original), isOriginal: true }, ...forks];
  }

  add({ name, from }: { readonly name?: string | undefined; readonly from?: string | undefined }): {
    readonly name: string;
    readonly connectionString: string;
  } {
    const { forks, original } = this.#parts.hubs;
    if (forks.size >= MOST_FORKS)
      throw new HubError('InvalidOperation', `There are ${MOST_FORKS} forks already: close some of them`);
    const source = from === undefined ? original : this.hub(from);
    try {
      const fork = forks.add(name, source);
      return { name: fork.name, connectionString: this.#strings(fork.name, fork.hostedHub).ofPolicy('iothubowner') };
    } catch (error) {
      throw error instanceof RangeError ? new HubError('ArgumentInvalid', error.message) : error;
    }
  }

  async remove(name: string): Promise<void> {
    const { forks, classroom } = this.#parts.hubs;
    const hosted = this.hub(name);
    if (classroom.has(name)) throw new HubError('InvalidOperation', `${name} is the hub of a student of the class`);
    await forks.remove(name, hosted);
  }

  has(name: string): boolean {
    return this.#parts.hubs.forks.all().some(([known]) => known === name);
  }

  hub(name: string): HostedHub {
    return this.#parts.hubs.forks.named(name);
  }

  routes(name: string): readonly AdminRoute[] {
    const hosted = this.hub(name);
    const routes = this.#routes.get(hosted) ?? this.#routesOf(name, hosted);
    this.#routes.set(hosted, routes);
    return routes;
  }

  askService(name: string, request: IncomingMessage, response: ServerResponse): void {
    const hosted = this.hub(name);
    hosted.answer(withOwner(request, hosted.policies), response);
  }

  #routesOf(name: string, hosted: HostedHub): readonly AdminRoute[] {
    const { hub, snapshots, journal, traffic, progress } = hosted;
    const routes = forkRoutes({
      hub,
      snapshots,
      journal,
      traffic,
      progress,
      connectionStrings: this.#strings(name, hosted),
      settle: () => settle(hub),
      otherHub: (other) => this.hub(other),
      lessons: this.#parts.hubs.classroom.lessons,
    });
    const operations = [...routes.map(({ operation }) => operation), 'GET /info', 'GET /service/*'];
    const info = (): Info => ({
      ...this.#parts.info(),
      hostname: forkHostName(name),
      data: null,
      lastEvent: hub.events.sequence,
      operations,
    });
    return [...routes, adminRoute('GET /info', info)];
  }

  #strings(name: string, hosted: HostedHub) {
    const { address, hubs } = this.#parts;
    const { hub, policies } = hosted;
    const hostName = hostNameOf(address);
    const own = hostNameOf({ ...address, hostname: forkHostName(name) });
    return {
      ofPolicy: (policy?: string) => serviceString(hostName, policies, policy),
      ofEventHub: (endpoint: string) =>
        eventHubString(hostNameOf(address, { protocol: 'amqp' }), policies, eventHubName(hub, endpoint)),
      ofPlainEventHub: () => {
        throw new RangeError('AMQP without TLS leads to the hub that the emulator has started with: forks have none');
      },
      ofIdentity: (identity: { readonly deviceId: string; readonly moduleId?: string | undefined }) => {
        // with a key that other hubs accept too, the host name tells them apart
        const isShared = hubs.forks.isShared(keyOf(identity), hosted);
        return identityString(isShared ? own : hostName, hub.registry, identity);
      },
    };
  }
}

const rowOf = (name: string, hostname: string, { hub }: HostedHub): HubList[number] => ({
  name,
  hostname,
  isOriginal: false,
  devices: hub.fleet.devices.size,
  connected: [...hub.sessions.live()].filter(({ key }) => !key.includes('/')).length,
});
