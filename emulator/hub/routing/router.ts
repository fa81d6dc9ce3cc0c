import { type IdentityKey, nameOf } from '../../../protocol/identity-key.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Message } from '../../../protocol/message.ts';
import {
  BUILT_IN_ENDPOINT,
  DEFAULT_ROUTING,
  type Routing,
  type RoutingInput,
  type RoutingSource,
} from '../../../protocol/routing.ts';
import { keySpace } from '../../kernel/change-feed.ts';
import { StateMap } from '../../kernel/state-map.ts';
import type { EventStream } from '../event-stream/event-stream.ts';
import type { FleetView } from '../fleet/fleet.ts';
import { messageBytes } from '../messaging/message-size.ts';
import { routingInput } from '../messaging/routing-input.ts';
import type { RoutableMessage } from '../query/routing-message.ts';
import { renderTwin } from '../twins/twin-document.ts';
import { type CompiledRoute, type CompiledRouting, compileRouting, type TakenRoutes } from './compiled-routing.ts';
import { type OuterEndpoint, outerEndpointsOf } from './egress.ts';
import { stampsOf } from './enrich.ts';
import { type Rules, readRouting } from './read-routing.ts';

/** Where a message went. Both are empty if no route took it. */
export interface Routed {
  readonly routes: readonly string[];
  readonly endpoints: readonly string[];
  /** Endpoints that did not get it, since it was too large after their enrichment. */
  readonly tooLargeFor?: readonly string[];
}

/** How many messages went where, since the start or the last reset. */
export interface RoutingCounts {
  /** By route: how many messages it took. */
  readonly matched: Readonly<Record<string, number>>;
  /** By route: messages for which its condition had no result, which means no. */
  readonly undecided: Readonly<Record<string, number>>;
  /** Messages of devices that no route took, and the fallback route did. */
  readonly fallback: number;
  /** Messages of devices that neither a route nor the fallback route took: they are lost. */
  readonly orphaned: number;
  /** Messages that were too large for an endpoint after their enrichment: they are lost. */
  readonly invalid: number;
}

/**
 * Room: which messages and events go to which endpoint.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c
 */
export class Router {
  readonly #fleet: FleetView;
  readonly #stream: EventStream;
  readonly #limits: Limits;
  readonly #hubName: string;
  /** The one row is there if the hub has other routes than at the start. */
  readonly #state = new StateMap<Routing>();
  readonly #counts = new StateMap<number>();
  readonly #rules: Rules;
  #replaced: () => void = () => {};
  #compiled: { readonly of: Routing; readonly routing: CompiledRouting } | undefined;

  constructor(parts: { fleet: FleetView; stream: EventStream; hostName: string }, rules: Rules) {
    this.#rules = rules;
    this.#fleet = parts.fleet;
    this.#stream = parts.stream;
    this.#limits = rules.limits;
    this.#hubName = hubNameIn(parts.hostName);
  }

  get spaces() {
    return [keySpace('routing', this.#state), keySpace('routing-counts', this.#counts)];
  }

  /** Routes, endpoints and enrichments. */
  get routing(): Routing {
    return this.#state.get(ROUTING) ?? DEFAULT_ROUTING;
  }

  /** True for a hub without routes. */
  get isDefault(): boolean {
    return !this.#state.has(ROUTING);
  }

  /** The names of the event hubs that messages can go to; `events` is the built-in one. */
  get eventHubs(): readonly string[] {
    return [BUILT_IN_ENDPOINT, ...this.routing.endpoints.eventHubs.map(({ name }) => name)];
  }

  /** The endpoints outside of the hub. */
  get outerEndpoints(): readonly OuterEndpoint[] {
    return [...this.#current().outer.values()];
  }

  /** An endpoint outside of the hub; undefined if there is none of this name. */
  outerEndpoint(name: string): OuterEndpoint | undefined {
    return this.#current().outer.get(name);
  }

  /** Calls `act` after each change of routes and endpoints. */
  onReplace(act: () => void): void {
    this.#replaced = act;
  }

  get counts(): RoutingCounts {
    const byRoute = (kind: string): Readonly<Record<string, number>> =>
      Object.fromEntries(
        Array.from(this.#counts.entries())
          .filter(({ key }) => key.startsWith(`${kind}/`))
          .map(({ key, value }) => [key.slice(kind.length + 1), value]),
      );
    const total = (kind: string): number => this.#counts.get(kind) ?? 0;
    return {
      matched: byRoute('matched'),
      undecided: byRoute('undecided'),
      fallback: total('fallback'),
      orphaned: total('orphaned'),
      invalid: total('invalid'),
    };
  }

  /**
   * Replaces routes, endpoints and enrichments by a block of `properties.routing`; counts start again. Events in endpoints
   * that are gone are removed. Throws ArgumentInvalid, and then changes nothing.
   */
  replace(block: RoutingInput | Json): void {
    const routing = readRouting(block as Json, this.#rules); // checked there
    const before = { inner: this.eventHubs, outer: this.outerEndpoints.map(({ name }) => name) };
    this.#state.set(ROUTING, routing);
    this.#counts.clear();
    // an event hub that is now outside of the hub, or the other way round, is another endpoint of the same name
    this.#stream.keepOnly(
      new Set([
        ...this.eventHubs.filter((name) => !before.outer.includes(name)),
        ...outerEndpointsOf(routing).flatMap(({ name }) => (before.inner.includes(name) ? [] : [name])),
      ]),
    );
    this.#replaced();
  }

  /** Goes back to a hub without routes. */
  reset(): void {
    if (this.isDefault) return;
    this.replace(DEFAULT_ROUTING);
    this.#state.delete(ROUTING);
  }

  /** True if a route asks for events of this kind. */
  wants(source: RoutingSource): boolean {
    return this.#current().routes.has(source);
  }

  /**
   * Routes a message about an identity: to each endpoint once, however many routes lead there. `forWebhooks` makes what
   * webhooks get instead; undefined for nothing.
   */
  route(source: RoutingSource, key: IdentityKey, message: Message, forWebhooks?: () => Message | undefined): Routed {
    const compiled = this.#current();
    const twin = compiled.readsTwin ? this.#twinOf(key) : undefined;
    const taken = this.#routesFor(source, compiled, routingInput(message, twin));
    const { deviceId } = nameOf(key);
    const tooLargeFor: string[] = [];
    const endpoints = taken.endpoints.filter((endpoint) => {
      const isOther = forWebhooks !== undefined && compiled.outer.get(endpoint)?.kind === 'webhook';
      const own = isOther ? forWebhooks() : message;
      if (own === undefined) return false;
      const enrichments = source === NOT_ENRICHED ? undefined : compiled.enrichments.get(endpoint);
      const added = enrichments && stampsOf(enrichments, { hubName: this.#hubName, twin });
      const isTaken = this.#append(endpoint, deviceId, own, added);
      if (!isTaken) tooLargeFor.push(endpoint);
      return isTaken;
    });
    // events keep the lists: they are the same for all messages that all endpoints of the same routes have got
    if (endpoints.length === taken.endpoints.length) return { routes: taken.names, endpoints: taken.endpoints };
    const went = { routes: taken.names, endpoints };
    return tooLargeFor.length === 0 ? went : { ...went, tooLargeFor };
  }

  #current(): CompiledRouting {
    const { routing } = this;
    if (this.#compiled?.of !== routing)
      this.#compiled = { of: routing, routing: compileRouting(routing, this.#limits) };
    return this.#compiled.routing;
  }

  #twinOf(key: IdentityKey) {
    const member = this.#fleet.find(key);
    return member === undefined ? undefined : renderTwin(member);
  }

  #routesFor(source: RoutingSource, compiled: CompiledRouting, input: RoutableMessage): TakenRoutes {
    let taken = compiled.none;
    for (const route of compiled.routes.get(source) ?? NO_ROUTES)
      if (this.#takes(route, input)) taken = taken.and(route);
    if (!taken.isEmpty || source !== 'DeviceMessages') return taken;
    const { fallback } = compiled;
    const isTaken = fallback !== undefined && (fallback.isUnconditional || fallback.takes(input) === true);
    this.#count(isTaken ? 'fallback' : 'orphaned');
    return isTaken ? taken.and(fallback) : taken;
  }

  #takes(route: CompiledRoute, input: RoutableMessage): boolean {
    const result = route.isUnconditional || route.takes(input);
    if (result === true) this.#count(route.counts.matched);
    if (result === undefined) this.#count(route.counts.undecided);
    return result === true;
  }

  /**
   * False if the message is too large with what is added.
   * https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview#limitations
   */
  #append(endpoint: string, deviceId: string, message: Message, added: Message['properties'] | undefined): boolean {
    const whole = added === undefined ? message : withProperties(message, added);
    if (added !== undefined && messageBytes(whole) > this.#limits.telemetryBytes) {
      this.#count('invalid');
      return false;
    }
    this.#stream.append(endpoint, deviceId, whole);
    return true;
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

/** The key of the one row. */
export const ROUTING = 'routing';
const NO_ROUTES: readonly CompiledRoute[] = [];
/** https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview#limitations */
const NOT_ENRICHED: RoutingSource = 'DigitalTwinChangeEvents';

const withProperties = (message: Message, added: Message['properties']): Message => ({
  ...message,
  properties: { ...message.properties, ...added },
});

/** The name of a hub: the first part of its host name. */
export const hubNameIn = (hostName: string): string => hostName.split('.')[0] ?? hostName;
