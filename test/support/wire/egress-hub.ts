import { createEgress, type EgressOptions } from '../../../emulator/egress/egress.ts';
import { isLoopback } from '../../../emulator/endpoints/addresses.ts';
import type { HubEvent, Published } from '../../../emulator/hub/events.ts';
import type { Hub } from '../../../emulator/hub/hub.ts';
import { silentLog } from '../../../emulator/log.ts';
import type { RoutingInput } from '../../../protocol/routing.ts';
import { newHub } from '../hub/hub.ts';

/** A hub that sends to endpoints outside of it. */
export const newEgressHub = (routing: RoutingInput, options: Partial<EgressOptions> = {}) => {
  const closing = new AbortController();
  const egress = createEgress({ log: silentLog, closing: closing.signal, allowsWebhook: isLoopback, ...options });
  const world = newHub({ partitions: 1, hostName: 'contoso.azure-devices.net', egress });
  world.hub.router.replace(routing);
  return {
    ...world,
    /** Settles with the next event of this type. */
    next: <T extends HubEvent['type']>(type: T) => nextEvent(world.hub, type),
    [Symbol.dispose]: () => closing.abort(),
  };
};

const nextEvent = <T extends HubEvent['type']>(hub: Hub, type: T) =>
  new Promise<Extract<Published, { readonly type: T }>>((done) => {
    const stop = hub.events.listen((event) => {
      if (event.type !== type) return;
      stop();
      done(event as Extract<Published, { readonly type: T }>); // of this type
    });
  });

/** A route for everything of a source to one endpoint. */
export const routeTo = (
  endpoint: string,
  source: 'DeviceMessages' | 'DeviceLifecycleEvents' | 'DeviceConnectionStateEvents' = 'DeviceMessages',
) => ({
  name: `${source}-to-${endpoint}`,
  source,
  endpointNames: [endpoint],
});

export const say = (hub: Hub, json: object, properties: Record<string, string> = {}): void =>
  hub.telemetry.receive('d1', {
    body: new TextEncoder().encode(JSON.stringify(json)),
    properties,
    system: { messageId: 'm1', contentType: 'application/json', contentEncoding: 'utf-8' },
  });
