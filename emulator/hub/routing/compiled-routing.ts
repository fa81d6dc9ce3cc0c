import type { Limits } from '../../../protocol/limits.ts';
import type { Enrichment, Route, Routing, RoutingSource } from '../../../protocol/routing.ts';
import { parseRoute, type RouteCondition } from '../query/routing.ts';
import { type OuterEndpoint, outerEndpointsOf } from './egress.ts';

/** A route that is enabled. */
export interface CompiledRoute {
  readonly name: string;
  readonly endpoint: string;
  readonly takes: RouteCondition;
  /** The names of its counts. */
  readonly counts: { readonly matched: string; readonly undecided: string };
  /** True if it takes every message. */
  readonly isUnconditional: boolean;
}

/** Routes that take a message. What follows from them is the same for all messages that they take, so it is made once. */
export class TakenRoutes {
  readonly names: readonly string[];
  /** Each endpoint once. */
  readonly endpoints: readonly string[];
  readonly #routes: readonly CompiledRoute[];
  readonly #more = new Map<CompiledRoute, TakenRoutes>();

  constructor(routes: readonly CompiledRoute[] = []) {
    this.#routes = routes;
    this.names = routes.map(({ name }) => name);
    this.endpoints = [...new Set(routes.map(({ endpoint }) => endpoint))];
  }

  get isEmpty(): boolean {
    return this.#routes.length === 0;
  }

  and(route: CompiledRoute): TakenRoutes {
    const known = this.#more.get(route);
    if (known !== undefined) return known;
    const made = new TakenRoutes([...this.#routes, route]);
    if (this.#routes.length < DEEPEST && this.#more.size < WIDEST) this.#more.set(route, made);
    return made;
  }
}

// at most some thousand choices are kept, though there are more ways to choose among many routes
const DEEPEST = 4;
const WIDEST = 8;

/** Routes in the form in which messages are routed. */
export interface CompiledRouting {
  /** What no route takes. */
  readonly none: TakenRoutes;
  /** In the order in which they are listed. */
  readonly routes: ReadonlyMap<RoutingSource, readonly CompiledRoute[]>;
  readonly fallback: CompiledRoute | undefined;
  /** By endpoint. */
  readonly enrichments: ReadonlyMap<string, readonly Enrichment[]>;
  /** The endpoints outside of the hub, by name. */
  readonly outer: ReadonlyMap<string, OuterEndpoint>;
  /** True if a condition or an enrichment may read the twin. */
  readonly readsTwin: boolean;
}

/** Throws ArgumentInvalid. */
export const compileRouting = (routing: Routing, limits: Limits): CompiledRouting => {
  const { routes, fallbackRoute, enrichments } = routing;
  const bySource = new Map<RoutingSource, CompiledRoute[]>();
  for (const route of routes) {
    if (!route.isEnabled) continue;
    const list = bySource.get(route.source) ?? [];
    list.push(compileRoute(route, limits));
    bySource.set(route.source, list);
  }
  return {
    none: new TakenRoutes(),
    routes: bySource,
    fallback: fallbackRoute?.isEnabled ? compileRoute(fallbackRoute, limits) : undefined,
    enrichments: new Map(
      [...new Set(enrichments.flatMap(({ endpointNames }) => endpointNames))].map((endpoint) => [
        endpoint,
        enrichments.filter(({ endpointNames }) => endpointNames.includes(endpoint)),
      ]),
    ),
    outer: new Map(outerEndpointsOf(routing).map((endpoint) => [endpoint.name, endpoint])),
    readsTwin:
      routes.some(({ condition }) => namesTwin(condition)) ||
      namesTwin(fallbackRoute?.condition ?? '') ||
      enrichments.some(({ value }) => namesTwin(value)),
  };
};

const namesTwin = (text: string): boolean => /\$twin/i.test(text);

const compileRoute = (
  { name, condition, endpointNames: [endpoint = ''] }: Pick<Route, 'name' | 'condition' | 'endpointNames'>,
  limits: Limits,
): CompiledRoute => ({
  name,
  endpoint,
  takes: parseRoute(condition, limits),
  counts: { matched: `matched/${name}`, undecided: `undecided/${name}` },
  isUnconditional: condition.trim() === 'true',
});
