import { randomUUID } from 'node:crypto';
import { isObject, own } from '../../protocol/json.ts';
import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import { topicOf } from './event-grid.ts';
import { type Answer, exchange, type Limits } from './exchange.ts';

/** Who asks, in the handshake of CloudEvents. */
const ORIGIN = 'eventgrid.azure.net';

/** Asks a webhook whether it wants events. Gives why not; undefined if it does. */
export const handshake = (endpoint: WebhookEndpoint, hubName: string, limits: Limits): Promise<string | undefined> =>
  endpoint.eventDeliverySchema === 'CloudEventSchemaV1_0'
    ? cloudEventsHandshake(endpoint, limits)
    : eventGridHandshake(endpoint, hubName, limits);

/**
 * There is no `validationUrl`: a webhook cannot accept by asking an address later.
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
const eventGridHandshake = async (
  { name, endpointUrl }: WebhookEndpoint,
  hubName: string,
  limits: Limits,
): Promise<string | undefined> => {
  const validationCode = randomUUID();
  const event = {
    id: randomUUID(),
    topic: topicOf(hubName),
    subject: '',
    data: { validationCode },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: new Date().toISOString(),
    metadataVersion: '1',
    dataVersion: '2',
  };
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'aeg-event-type': 'SubscriptionValidation',
    'aeg-subscription-name': name.toUpperCase(),
  };
  const answer = await exchange(endpointUrl, { method: 'POST', headers, body: JSON.stringify([event]) }, limits);
  if (answer.status === 200 && validationResponse(answer) === validationCode) return undefined;
  return `${said(answer)} to the validation event: answer 200 with {"validationResponse": the validationCode of its data}`;
};

/** https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection */
const cloudEventsHandshake = async ({ endpointUrl }: WebhookEndpoint, limits: Limits): Promise<string | undefined> => {
  const headers = { 'webhook-request-origin': ORIGIN };
  const answer = await exchange(endpointUrl, { method: 'OPTIONS', headers }, limits);
  const allowed = answer.headers.get('webhook-allowed-origin');
  if (answer.status === 200 && (allowed === '*' || allowed === ORIGIN)) return undefined;
  return `${said(answer)} to OPTIONS: answer 200 with the header WebHook-Allowed-Origin: ${ORIGIN}`;
};

const said = ({ status }: Answer): string => `it did not accept the handshake, it answered ${status}`;

const validationResponse = ({ text }: Answer): unknown => {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? own(body, 'validationResponse') : undefined;
  } catch {
    return undefined;
  }
};
