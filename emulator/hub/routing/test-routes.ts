import { HubError } from '../../../protocol/errors.ts';
import type { Limits } from '../../../protocol/limits.ts';
import type { Route, Routing, RoutingSource } from '../../../protocol/routing.ts';
import { parseRoute } from '../query/routing.ts';
import { type RoutingMessage, routable } from '../query/routing-message.ts';

/** The enabled routes that would take a message; the fallback route if none would. Nothing is sent or counted. */
export const routesFor = (
  { routes, fallbackRoute }: Routing,
  {
    source,
    message,
    limits,
  }: { readonly source: RoutingSource; readonly message: RoutingMessage; readonly limits: Limits },
): Route[] => {
  const input = routable(message);
  const takes = (route: Route): boolean =>
    route.isEnabled && route.source === source && parseRoute(route.condition, limits)(input) === true;
  const taken = routes.filter(takes);
  return taken.length === 0 && fallbackRoute !== undefined && takes(fallbackRoute) ? [fallbackRoute] : taken;
};

/** What a condition gives for a message, or why it cannot be read. */
export const tryCondition = (
  condition: string,
  message: RoutingMessage,
  limits: Limits,
): { readonly result: 'true' | 'false' | 'undefined' } | { readonly problem: string } => {
  try {
    const result = parseRoute(condition, limits)(routable(message));
    return { result: result === undefined ? 'undefined' : result ? 'true' : 'false' };
  } catch (error) {
    if (error instanceof HubError) return { problem: error.text };
    throw error;
  }
};
