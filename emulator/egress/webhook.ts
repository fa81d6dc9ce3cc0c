import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import type { Batch, Outcome } from '../hub/routing/egress.ts';
import { gridEvents } from './event-grid.ts';
import { exchange, type Limits } from './exchange.ts';
import { handshake } from './handshake.ts';

/** Answers after which Event Grid does not try again. https://learn.microsoft.com/azure/event-grid/delivery-and-retry */
const FINAL: ReadonlySet<number> = new Set([400, 401, 413]);

/** Sends events to webhooks that have accepted the handshake. */
export class Webhooks {
  /** What each has answered; while it is asked, others wait for the same answer. */
  readonly #accepted = new WeakMap<WebhookEndpoint, Promise<string | undefined>>();

  async send(endpoint: WebhookEndpoint, batch: Batch, limits: Limits): Promise<Outcome> {
    const refusal = endpoint.validation === 'off' ? undefined : await this.#handshake(endpoint, batch, limits);
    if (refusal !== undefined) return { problem: refusal };
    const { status } = await exchange(endpoint.endpointUrl, requestOf(endpoint, batch), limits);
    if (status >= 200 && status <= 204) return {};
    return { problem: `it answered ${status}`, ...(FINAL.has(status) ? { isFinal: true } : {}) };
  }

  async #handshake(endpoint: WebhookEndpoint, { hubName }: Batch, limits: Limits): Promise<string | undefined> {
    const asked = this.#accepted.get(endpoint) ?? handshake(endpoint, hubName, limits);
    this.#accepted.set(endpoint, asked);
    const refusal = await asked.catch((error: unknown) => {
      this.#accepted.delete(endpoint);
      throw error;
    });
    if (refusal !== undefined) this.#accepted.delete(endpoint);
    return refusal;
  }
}

const requestOf = (endpoint: WebhookEndpoint, batch: Batch) => {
  const { name, eventDeliverySchema, maxEventsPerBatch } = endpoint;
  const events = gridEvents(endpoint, batch);
  const isCloud = eventDeliverySchema === 'CloudEventSchemaV1_0';
  const isSingle = isCloud && maxEventsPerBatch === 1;
  const cloudType = isSingle ? 'application/cloudevents+json' : 'application/cloudevents-batch+json';
  return {
    method: 'POST',
    headers: {
      'content-type': `${isCloud ? cloudType : 'application/json'}; charset=utf-8`,
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': name.toUpperCase(),
      'aeg-delivery-count': String(batch.attempt - 1),
    },
    body: JSON.stringify(isSingle ? events[0] : events),
  };
};
