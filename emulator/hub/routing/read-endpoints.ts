import type { Routing } from '../../../protocol/routing.ts';
import { type OuterEndpoint, outerEndpointsOf } from './egress.ts';
import { leavesPlace, missingTokens } from './file-name.ts';
import { storagePlace } from './storage-place.ts';

/** Sources of which Event Grid has events: what the others tell cannot go to a webhook. */
const GRID_SOURCES: ReadonlySet<string> = new Set([
  'DeviceMessages',
  'DeviceLifecycleEvents',
  'DeviceConnectionStateEvents',
]);

/**
 * The first thing that is wrong with endpoints outside of the hub, or with routes to them. `refuse`: says why one cannot be
 * used.
 */
export const endpointProblem = (
  routing: Routing,
  refuse: (endpoint: OuterEndpoint) => string | undefined,
): { readonly place: string; readonly problem: string } | undefined => {
  for (const endpoint of outerEndpointsOf(routing)) {
    const problem = (endpoint.kind === 'storage' ? storageProblem(endpoint) : undefined) ?? refuse(endpoint);
    if (problem !== undefined) return { place: `endpoints.${endpoint.name}`, problem };
  }
  const webhooks = new Set(routing.endpoints.webhooks.map(({ name }) => name));
  for (const { name, source, endpointNames } of routing.routes)
    if (!GRID_SOURCES.has(source) && endpointNames.some((endpoint) => webhooks.has(endpoint)))
      return { place: `routes.${name}`, problem: `Event Grid has no events for ${source}; use another endpoint` };
  return undefined;
};

const storageProblem = (endpoint: Extract<OuterEndpoint, { kind: 'storage' }>): string | undefined => {
  const missing = missingTokens(endpoint.fileNameFormat);
  if (missing.length > 0) return `the fileNameFormat lacks ${missing.join(', ')}`;
  if (leavesPlace(endpoint.fileNameFormat)) return "the fileNameFormat has a segment '.' or '..'";
  try {
    storagePlace(endpoint);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
};
