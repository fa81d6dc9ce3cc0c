import type { Hub } from '../../../hub/hub.ts';
import type { RoutingMessage } from '../../../hub/query/routing-message.ts';
import { routesFor, tryCondition } from '../../../hub/routing/test-routes.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** Routes, endpoints and enrichments, and where messages went. */
export const routing = (hub: Hub, acceptWebhook: (code: string) => boolean): readonly AdminRoute[] => [
  adminRoute('GET /routing', () => stateOf(hub)),
  adminRoute('PUT /routing', ({ body }) => {
    hub.router.replace(body);
    return stateOf(hub);
  }),
  adminRoute('GET /routing/health', () => ({
    value: [
      ...hub.router.eventHubs.map((endpointId) => ({ endpointId, healthStatus: 'healthy' as const })),
      ...hub.router.outerEndpoints.map(({ name }) => ({
        endpointId: name,
        ...hub.outbox.health.of(name),
        waiting: hub.outbox.waiting(name),
      })),
    ],
  })),
  adminRoute('GET /routing/validation/:code', ({ params }) => (acceptWebhook(params.code) ? ACCEPTED : UNKNOWN_CODE)),
  adminRoute('POST /routing/$testall', ({ body: { routingSource, message, twin } }) => {
    const input = { source: routingSource, message: inputOf(message, twin), limits: hub.limits };
    return { routes: routesFor(hub.router.routing, input).map((route) => ({ properties: route })) };
  }),
  adminRoute('POST /routing/$testnew', ({ body: { message, route, twin } }) => {
    const tried = tryCondition(route.condition, inputOf(message, twin), hub.limits);
    if ('result' in tried) return tried;
    return {
      result: 'undefined',
      details: { compilationErrors: [{ message: tried.problem, severity: 'error' }] },
    };
  }),
];

const text = (status: number, content: string): Reply =>
  new Reply({ status, body: { type: 'text/plain; charset=utf-8', content } });

const ACCEPTED = text(200, 'The webhook gets events from now on.\n');
const UNKNOWN_CODE = text(
  404,
  'No webhook waits for this. A validationUrl is valid for 10 minutes; set the routing again to get a new one.\n',
);

const stateOf = ({ router: { routing: current, counts } }: Hub) => ({ routing: current, counts });

const inputOf = (
  message: Pick<RoutingMessage, 'systemProperties' | 'appProperties'> & { readonly body?: unknown },
  twin: RoutingMessage['twin'],
): RoutingMessage => ({
  systemProperties: message.systemProperties,
  appProperties: message.appProperties,
  body: () => message.body as ReturnType<RoutingMessage['body']>, // parsed from JSON
  twin,
});
