import { BlobError } from '../blobs/blob-error.ts';
import { stoppable } from '../blobs/stoppable.ts';
import type { Batch, Egress, Outcome, OuterEndpoint } from '../hub/routing/egress.ts';
import type { Log } from '../log.ts';
import type { Limits } from './exchange.ts';
import { Handshakes } from './handshakes.ts';
import { writeBlob } from './storage.ts';
import { sendToWebhook } from './webhook.ts';

export interface EgressOptions {
  readonly log: Log;
  /** Ends everything that is going on when it is aborted. */
  readonly closing: AbortSignal;
  /** Whether webhooks may be on a host. */
  readonly allowsWebhook: (host: string) => boolean;
  /** Which webhooks have accepted events; by their answer only, if not given. */
  readonly handshakes?: Handshakes | undefined;
  /** How long a server may take to answer, ms; default 30 s for webhooks, 60 s for storage. */
  readonly timeoutMs?: number;
}

/** Sends messages to endpoints outside of a hub. */
export const createEgress = ({
  log,
  closing,
  allowsWebhook,
  handshakes = new Handshakes(),
  timeoutMs,
}: EgressOptions): Egress => {
  const refuse = (endpoint: OuterEndpoint): string | undefined =>
    endpoint.kind === 'webhook' ? webhookProblem(endpoint.endpointUrl, allowsWebhook) : undefined;
  const deliver = async (endpoint: OuterEndpoint, batch: Batch, limits: Limits): Promise<Outcome> => {
    // rows that were loaded did not pass the check of new ones
    const problem = refuse(endpoint);
    if (problem !== undefined) return { problem };
    return endpoint.kind === 'webhook'
      ? sendToWebhook(endpoint, batch, { handshakes, limits })
      : { to: await writeBlob(endpoint, batch, limits) };
  };
  return {
    refuse,
    send(endpoint, batch, ended) {
      const { signal, stop, release } = stoppable(closing);
      const end = (outcome: Outcome): void => {
        release();
        if (!signal.aborted) ended(outcome);
      };
      deliver(endpoint, batch, { signal, timeoutMs }).then(end, (error: unknown) => {
        if (!(error instanceof BlobError) && !signal.aborted) log.error(`Sending to ${endpoint.name} failed`, error);
        end({ problem: error instanceof BlobError ? error.message : 'An internal error occurred.' });
      });
      return stop;
    },
  };
};

const webhookProblem = (endpointUrl: string, allows: (host: string) => boolean): string | undefined => {
  const url = URL.canParse(endpointUrl) ? new URL(endpointUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return 'the endpointUrl is not an http or https URL';
  if (url.username !== '' || url.password !== '') return 'the endpointUrl must not have a user name or password';
  if (allows(url.hostname)) return undefined;
  return `webhooks may be on this machine only; to allow another host, start with --allow-webhook ${url.hostname}`;
};
