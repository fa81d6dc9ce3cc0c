import * as z from 'zod';
import { ROUTING_SOURCES, Route, Routing } from '../routing.ts';
import { RoutingMessage } from './queries.ts';

const counted = z.record(z.string(), z.int());

/** The routing of a hub, and where messages went since the start or the last change of the routing. */
export const RoutingState = z.object({
  routing: Routing,
  counts: z.object({
    matched: counted.describe('By route'),
    undecided: counted.describe('By route: its condition had no result, which means no'),
    fallback: z.int().describe('Messages of devices that only the fallback route took'),
    orphaned: z.int().describe('Messages of devices that no route took'),
    invalid: z.int().describe('Messages that were too large after enrichment'),
  }),
});

/** https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/get-endpoint-health#endpointhealthdata */
const EndpointHealth = z.object({
  endpointId: z.string().describe('Its name'),
  healthStatus: z
    .enum(['unknown', 'healthy', 'unhealthy', 'dead'])
    .describe('unhealthy: it takes nothing, and the hub tries again; dead: messages were given up'),
  lastKnownError: z.string().optional(),
  lastKnownErrorTime: z.string().optional(),
  lastSuccessfulSendAttemptTime: z.string().optional(),
  lastSendAttemptTime: z.string().optional(),
  delivered: z.int().optional().describe('Messages that an endpoint outside of the emulator has taken'),
  dropped: z.int().optional().describe('Messages that were given up'),
  waiting: z.int().optional().describe('Messages that wait for it'),
});
export const RoutingHealth = z.object({ value: z.array(EndpointHealth) });
export type RoutingHealth = z.infer<typeof RoutingHealth>;

/** As `properties.routing` of a template has it; the hub checks it. */
export const SetRouting = z.looseObject({});

const message = RoutingMessage.omit({ twin: true }).default({ systemProperties: {}, appProperties: {} });
const twin = RoutingMessage.shape.twin;

/** https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/test-all-routes */
export const TestAllRoutes = z.strictObject({
  routingSource: z.enum(ROUTING_SOURCES).default('DeviceMessages'),
  message,
  twin,
});
export const TestedRoutes = z.object({ routes: z.array(z.object({ properties: Route })) });

/** https://learn.microsoft.com/rest/api/iothub/iot-hub-resource/test-route */
export const TestRoute = z.strictObject({
  message,
  route: z.looseObject({ condition: z.string().default('true') }),
  twin,
});
export const TestedRoute = z.object({
  result: z.enum(['true', 'false', 'undefined']),
  details: z
    .object({ compilationErrors: z.array(z.object({ message: z.string(), severity: z.literal('error') })) })
    .optional(),
});
