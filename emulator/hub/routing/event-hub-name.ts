import { BUILT_IN_ENDPOINT } from '../../../protocol/routing.ts';
import { hubNameIn, type Router } from './router.ts';

interface Named {
  readonly hostName: string;
  readonly router: Router;
}

/**
 * The name of an event hub in connection strings and addresses: the hub's own for the built-in one. Throws a RangeError that
 * lists the endpoints.
 */
export const eventHubName = ({ hostName, router }: Named, endpoint: string): string => {
  if (endpoint === BUILT_IN_ENDPOINT) return hubNameIn(hostName);
  if (router.eventHubs.includes(endpoint)) return endpoint;
  throw new RangeError(`There is no endpoint ${endpoint}; there are ${router.eventHubs.join(', ')}`);
};

/** The endpoint that a name in an address means; undefined if there is none. Letter case is ignored. */
export const endpointNamed = ({ hostName, router }: Named, name: string): string | undefined => {
  const wanted = name.toLowerCase();
  if (wanted === hubNameIn(hostName).toLowerCase()) return BUILT_IN_ENDPOINT;
  return router.eventHubs.find((endpoint) => endpoint.toLowerCase() === wanted);
};
