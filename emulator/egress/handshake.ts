import { randomUUID } from 'node:crypto';
import { isObject, own } from '../../protocol/json.ts';
import type { WebhookEndpoint } from '../../protocol/routing-endpoints.ts';
import { topicOf } from './event-grid.ts';
import { type Answer, exchange, type Limits } from './exchange.ts';

/** Who asks, in the handshake of CloudEvents. */
const ORIGIN = 'eventgrid.azure.net';

/** Two ways to accept events: the answer has the code, or a GET of the URL follows. */
export interface Validation {
  readonly code: string;
  readonly url: string | undefined;
}

/** `later`: the webhook may still accept by a GET of the URL. */
export type Verdict = 'accepted' | 'later' | { readonly problem: string };

interface Asking {
  readonly hubName: string;
  readonly validation: Validation;
}

/** Asks a webhook whether it wants events. */
export const handshake = (endpoint: WebhookEndpoint, asking: Asking, limits: Limits): Promise<Verdict> =>
  endpoint.eventDeliverySchema === 'CloudEventSchemaV1_0'
    ? cloudEventsHandshake(endpoint, limits)
    : eventGridHandshake(endpoint, asking, limits);

/** https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema */
const eventGridHandshake = async (
  { name, endpointUrl }: WebhookEndpoint,
  { hubName, validation: { code, url } }: Asking,
  limits: Limits,
): Promise<Verdict> => {
  const event = {
    id: randomUUID(),
    topic: topicOf(hubName),
    subject: '',
    data: { validationCode: code, ...(url === undefined ? {} : { validationUrl: url }) },
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
  const given = validationResponse(answer);
  if (answer.status === 200 && given === code) return 'accepted';
  if (answer.status === 200 && given === undefined && url !== undefined) return 'later';
  const remedy = 'answer 200 with {"validationResponse": the validationCode of its data}';
  return { problem: `${said(answer)} to the validation event: ${remedy}` };
};

/** https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection */
const cloudEventsHandshake = async ({ endpointUrl }: WebhookEndpoint, limits: Limits): Promise<Verdict> => {
  const headers = { 'webhook-request-origin': ORIGIN };
  const answer = await exchange(endpointUrl, { method: 'OPTIONS', headers }, limits);
  const allowed = answer.headers.get('webhook-allowed-origin');
  if (answer.status === 200 && (allowed === '*' || allowed === ORIGIN)) return 'accepted';
  return { problem: `${said(answer)} to OPTIONS: answer 200 with the header WebHook-Allowed-Origin: ${ORIGIN}` };
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
