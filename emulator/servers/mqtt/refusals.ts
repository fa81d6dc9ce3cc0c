import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { ClientRefusal } from '../../hub/refusal.ts';
import { printable } from '../../log.ts';
import { type RefusalTargets, tellRefusal } from '../refusals.ts';

const TOPICS = 'for the topics of a device see https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub';

/** Why a topic filter is refused. */
export const UNKNOWN_FILTER = {
  code: 'unknown-filter',
  cause: 'the hub does not serve this topic filter',
  remedy: TOPICS,
};

/** A SUBSCRIBE to `subject`. */
export const unknownFilter = (key: IdentityKey, subject: string): ClientRefusal => ({
  what: 'subscription',
  key,
  subject,
  ...UNKNOWN_FILTER,
});

/** Tells that a message has closed the connection. */
export const tellClosing = (
  targets: RefusalTargets,
  error: unknown,
  { key, topic }: { readonly key: IdentityKey; readonly topic: string },
): void => {
  const subject = printable(topic);
  if (error instanceof HubError) tellRefusal(targets, 'Closed a connection', closing(error, { key, subject }));
  else targets.log.error('Closed a connection', error, { device: key, topic: subject });
};

const closing = (
  { code, text, hint }: HubError,
  where: { readonly key: IdentityKey; readonly subject: string },
): ClientRefusal => ({
  what: 'message',
  ...where,
  code,
  cause: text,
  remedy: hint ?? 'correct what the device sends',
});
