import type { HubEvent } from '../hub/events.ts';
import type { Hub } from '../hub/hub.ts';
import type { Log } from '../log.ts';

type EndpointEvent = Extract<HubEvent, { readonly endpoint: string }>;
type TelemetryEvent = Extract<HubEvent, { readonly type: 'telemetry' }>;

/** Writes to the log what routing loses, and which endpoints do not take messages: the 1st, 10th, 100th … time each. */
export class LossLog {
  readonly #log: Log;
  readonly #times = new Map<string, number>();

  constructor(log: Log) {
    this.#log = log;
  }

  telemetry({ key, endpoints, tooLargeFor = [] }: TelemetryEvent): void {
    if (endpoints.length === 0 && tooLargeFor.length === 0)
      this.#warn('A message was lost', 'orphaned', {
        device: key,
        cause: 'no route took it, and the routing has no fallback route that is enabled',
        remedy: 'add a route, or enable the fallback route',
      });
    for (const endpoint of tooLargeFor)
      this.#warn('A message was lost', `too large for ${endpoint}`, {
        device: key,
        endpoint,
        cause: 'its enrichments make it larger than messages may be',
        remedy: 'add less to messages, or let devices send smaller ones',
      });
  }

  endpoint(event: EndpointEvent): void {
    const { endpoint, messages } = event;
    if (event.type === 'endpoint.dropped')
      this.#warn('Gave up messages for an endpoint', `${endpoint} dropped`, {
        ...{ endpoint, messages, cause: event.problem },
        remedy: 'see iothub-emulator routes health',
      });
    else if (event.type === 'endpoint.delivered' && event.attempt > 1)
      this.#log.info('An endpoint takes messages again', { endpoint, messages });
    else if (event.type === 'endpoint.failed' && event.attempt === 1)
      this.#warn('An endpoint did not take messages', `${endpoint} failed`, {
        ...{ endpoint, messages, cause: event.problem },
        remedy:
          'the hub tries again later, and at once when the routing is set again; see iothub-emulator routes health',
      });
  }

  #warn(text: string, what: string, fields: Parameters<Log['warn']>[1]): void {
    const times = (this.#times.get(what) ?? 0) + 1;
    this.#times.set(what, times);
    if (/^10*$/.test(String(times))) this.#log.warn(text, { ...fields, ...(times === 1 ? {} : { times }) });
  }
}

/** Messages are in memory: those that endpoints have not taken when the hub is closed are lost. */
export const warnOfWaiting = ({ router, outbox }: Hub, log: Log): void => {
  for (const { name: endpoint } of router.outerEndpoints) {
    const messages = outbox.waiting(endpoint);
    if (messages === 0) continue;
    log.warn('Messages for an endpoint are lost', {
      ...{ endpoint, messages },
      cause: 'the hub was closed before the endpoint took them',
      remedy: 'wait until iothub-emulator routes health shows that none wait',
    });
  }
};
