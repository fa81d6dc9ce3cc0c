import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import type { Batch, Outcome } from '../hub/routing/egress.ts';
import { gridEvents } from './event-grid.ts';
import { exchange, type Limits } from './exchange.ts';
import type { Handshakes } from './handshakes.ts';

/** Answers after which Event Grid does not try again. https://learn.microsoft.com/azure/event-grid/delivery-and-retry */
const FINAL: ReadonlySet<number> = new Set([400, 401, 413]);

/** Sends events to a webhook, once it has accepted the handshake. */
export const sendToWebhook = async (
  endpoint: WebhookEndpoint,
  batch: Batch,
  { handshakes, limits }: { readonly handshakes: Handshakes; readonly limits: Limits },
): Promise<Outcome> => {
  const refusal = endpoint.validation === 'off' ? undefined : await handshakes.refusal(endpoint, batch.hubName, limits);
  if (refusal !== undefined) return refusal;
  const { status } = await exchange(endpoint.endpointUrl, requestOf(endpoint, batch), limits);
  if (status >= 200 && status <= 204) return {};
  return { problem: `it answered ${status}`, ...(FINAL.has(status) ? { isFinal: true } : {}) };
};

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
