import type { HubEvent } from '../../../emulator/hub/events.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import type { Sightings } from './sightings.ts';

/** What devices do, in the order of the cells. */
const FLOWS: Partial<Record<HubEvent['type'], string>> = {
  telemetry: 'telemetry',
  'twin.reported': 'twin',
  'method.answered': 'methods',
  'c2d.completed': 'complete',
  'c2d.abandoned': 'abandon',
  'c2d.rejected': 'reject',
};

/** What service apps do. */
const OF_SERVICES = ['send', 'feedback'];
const ORDER: readonly string[] = [...Object.values(FLOWS), ...OF_SERVICES];

/** Names of transports, by the names that sessions give their protocols. */
const DEVICE_TRANSPORTS = new Map([
  ['mqtt', 'device, MQTT'],
  ['mqtt-ws', 'device, MQTT over WebSocket'],
  ['amqp', 'device, AMQP'],
  ['amqp-ws', 'device, AMQP over WebSocket'],
]);
/** Requests have no session. */
const HTTPS = 'device, HTTPS';
const SERVICE_TRANSPORTS = {
  amqp: 'service, AMQP',
  'amqp-ws': 'service, AMQP over WebSocket',
  https: 'service, HTTPS',
};

/** In the order of the rows. */
export const TRANSPORTS: readonly string[] = [
  ...DEVICE_TRANSPORTS.values(),
  HTTPS,
  ...Object.values(SERVICE_TRANSPORTS),
];

/** Records what happens on each transport. */
export const watchFlows = ({ events }: Hub) => {
  const seen = new Map<string, Set<string>>();
  const connected = new Map<string, string | undefined>();
  const note = (transport: string, flows: readonly string[]): void => {
    seen.set(transport, new Set([...(seen.get(transport) ?? []), ...flows]));
  };
  events.listen((event) => {
    if (event.type === 'session.opened') connected.set(event.key, DEVICE_TRANSPORTS.get(event.protocol));
    if (event.type === 'session.closed') connected.delete(event.key);
    const flow = FLOWS[event.type];
    if (flow === undefined || !('key' in event) || event.key === undefined) return;
    const transport = connected.has(event.key) ? connected.get(event.key) : HTTPS;
    if (transport !== undefined) note(transport, [flow]);
  });
  return {
    /** A service app on that transport has sent messages and received feedback. */
    noteService: (transport: keyof typeof SERVICE_TRANSPORTS, flows = OF_SERVICES): void =>
      note(SERVICE_TRANSPORTS[transport], flows),
    end: (): Sightings =>
      Object.fromEntries([...seen].map(([transport, flows]) => [transport, ORDER.filter((flow) => flows.has(flow))])),
  };
};
