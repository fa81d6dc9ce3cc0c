import { HubError } from '../../../protocol/errors.ts';
import type { Json } from '../../../protocol/json.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { BUILT_IN_ENDPOINT, Routing } from '../../../protocol/routing.ts';
import type { Tier } from '../../../protocol/tier.ts';
import { parseRoute } from '../query/routing.ts';
import type { Egress } from './egress.ts';
import { endpointProblem } from './read-endpoints.ts';

// https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routingeventhubproperties
const RESERVED: ReadonlySet<string> = new Set([
  'events',
  'operationsmonitoringevents',
  'filenotifications',
  '$default',
]);

const NAME = /^[A-Za-z0-9._-]+$/;

/** UNCERTAIN: the documents use keys with blanks too. https://learn.microsoft.com/azure/iot-hub/iot-hub-message-enrichments-overview */
const KEY = /^[A-Za-z0-9._ -]+$/;

/** What a block of routing must keep to. */
export interface Rules {
  readonly limits: Limits;
  /** Which sets the limits; undefined for a standard hub. */
  readonly tier: Tier | undefined;
  /** Says why an endpoint outside of the hub cannot be used. */
  readonly refuse: Egress['refuse'];
}

/** Checks a block of `properties.routing`. Throws ArgumentInvalid with the place of the first mistake. */
export const readRouting = (body: Json, { limits, tier, refuse }: Rules): Routing => {
  const { data: routing, error } = Routing.safeParse(body);
  if (error !== undefined)
    throw mistake(error.issues[0]?.path.join('.') ?? '', error.issues[0]?.message ?? 'is invalid');
  const { endpoints, routes, fallbackRoute, enrichments } = routing;
  const names = [endpoints.eventHubs, endpoints.storageContainers, endpoints.webhooks].flatMap((kind) =>
    kind.map(({ name }) => name),
  );
  checkNames('endpoints', names, { most: limits.routingEndpoints, limits, tier });
  for (const name of names)
    if (RESERVED.has(name.toLowerCase())) throw mistake('endpoints', `the name ${name} is reserved`);
  checkNames(
    'routes',
    routes.map(({ name }) => name),
    { most: limits.routes, limits, tier },
  );
  const known = new Set([BUILT_IN_ENDPOINT, ...names]);
  for (const { name, condition, endpointNames } of routes) {
    checkEndpoints(`routes.${name}`, endpointNames, known);
    checkCondition(`routes.${name}.condition`, condition, limits);
  }
  checkEndpoints('fallbackRoute', fallbackRoute?.endpointNames ?? [], new Set([BUILT_IN_ENDPOINT]));
  checkCondition('fallbackRoute.condition', fallbackRoute?.condition ?? 'true', limits);
  if (enrichments.length > limits.enrichments) throw mistake('enrichments', atMost(limits.enrichments, tier));
  for (const { key, endpointNames } of enrichments) {
    if (!KEY.test(key)) throw mistake('enrichments', `the key ${key} has characters that are not allowed`);
    checkEndpoints(`enrichments.${key}`, endpointNames, known);
  }
  const found = endpointProblem(routing, refuse);
  if (found !== undefined) throw mistake(found.place, found.problem);
  return routing;
};

const mistake = (place: string, problem: string): HubError =>
  new HubError('ArgumentInvalid', `The routing is not valid: ${place === '' ? '' : `${place}: `}${problem}`);

const atMost = (most: number, tier: Tier | undefined): string =>
  `there can be at most ${most}${tier === undefined ? '' : ` in ${tier.name}`}`;

const checkNames = (
  place: string,
  names: readonly string[],
  { most, limits, tier }: { readonly most: number } & Pick<Rules, 'limits' | 'tier'>,
): void => {
  if (names.length > most) throw mistake(place, atMost(most, tier));
  const seen = new Set<string>();
  for (const name of names) {
    if (!NAME.test(name) || name.length > limits.routingNameLength)
      throw mistake(
        place,
        `${name} is not a valid name: use at most ${limits.routingNameLength} letters, digits, '.', '_' and '-'`,
      );
    if (seen.has(name.toLowerCase())) throw mistake(place, `the name ${name} is there twice`);
    seen.add(name.toLowerCase());
  }
};

const checkEndpoints = (place: string, names: readonly string[], known: ReadonlySet<string>): void => {
  for (const name of names)
    if (!known.has(name)) throw mistake(place, `there is no endpoint ${name}; there are ${[...known].join(', ')}`);
};

const checkCondition = (place: string, condition: string, limits: Limits): void => {
  try {
    parseRoute(condition, limits);
  } catch (error) {
    if (error instanceof HubError) throw mistake(place, error.text);
    throw error;
  }
};
