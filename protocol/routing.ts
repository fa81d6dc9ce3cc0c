import * as z from 'zod';
import { EventHubEndpoint, StorageEndpoint, WebhookEndpoint } from './routing-endpoints.ts';

/**
 * What can be routed.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c#non-telemetry-events
 */
export const ROUTING_SOURCES = [
  'DeviceMessages',
  'TwinChangeEvents',
  'DeviceLifecycleEvents',
  'DeviceJobLifecycleEvents',
  'DigitalTwinChangeEvents',
  'DeviceConnectionStateEvents',
] as const;
export type RoutingSource = (typeof ROUTING_SOURCES)[number];

const condition = () => z.string().default('true').describe('A routing query');

/** A route, as templates have it. */
export const Route = z.lazy(() =>
  z.object({
    name: z.string(),
    source: z.enum(ROUTING_SOURCES),
    condition: condition(),
    endpointNames: z.array(z.string()).length(1).describe('One name'),
    isEnabled: z.boolean().default(true),
  }),
);
export type Route = Readonly<z.infer<typeof Route>>;

const fallbackRoute = z.lazy(() =>
  z.object({
    name: z.string().default('$fallback'),
    source: z.literal('DeviceMessages').default('DeviceMessages'),
    condition: condition(),
    endpointNames: z.array(z.string()).length(1).default(['events']),
    isEnabled: z.boolean(),
  }),
);

const enrichment = z.lazy(() =>
  z.object({ key: z.string(), value: z.string(), endpointNames: z.array(z.string()).min(1) }),
);
export type Enrichment = Readonly<z.infer<typeof enrichment>>;

const none = (kind: string) =>
  z
    .array(z.unknown())
    .max(
      0,
      `the emulator has no ${kind}; use eventHubs, which are in the emulator itself, storageContainers or webhooks`,
    )
    .default([]);

/**
 * Routes, endpoints and enrichments as `properties.routing` of a template has them; a block without a fallback route has
 * none. https://learn.microsoft.com/azure/templates/microsoft.devices/iothubs#routingproperties
 */
export const Routing = z.lazy(() =>
  z.object({
    endpoints: z
      .object({
        eventHubs: z.array(EventHubEndpoint).default([]).describe('Event hubs of the emulator itself, besides events'),
        serviceBusQueues: none('Service Bus queues'),
        serviceBusTopics: none('Service Bus topics'),
        storageContainers: z.array(StorageEndpoint).default([]),
        webhooks: z.array(WebhookEndpoint).default([]).describe('Not of the service: subscriptions of Event Grid'),
        cosmosDBSqlContainers: none('Cosmos DB containers'),
      })
      .prefault({}),
    routes: z.array(Route).default([]),
    fallbackRoute: fallbackRoute.optional(),
    enrichments: z.array(enrichment).default([]),
  }),
);
/** Routes, endpoints and enrichments; plain data. */
export type Routing = z.infer<typeof Routing>;
export type RoutingInput = z.input<typeof Routing>;

/** The endpoint that every hub has. */
export const BUILT_IN_ENDPOINT = 'events';

/** A hub without routes: messages of devices go to the built-in endpoint. */
export const DEFAULT_ROUTING: Routing = {
  endpoints: {
    ...{ eventHubs: [], storageContainers: [], webhooks: [] },
    ...{ serviceBusQueues: [], serviceBusTopics: [], cosmosDBSqlContainers: [] },
  },
  routes: [],
  fallbackRoute: {
    name: '$fallback',
    source: 'DeviceMessages',
    condition: 'true',
    endpointNames: [BUILT_IN_ENDPOINT],
    isEnabled: true,
  },
  enrichments: [],
};
