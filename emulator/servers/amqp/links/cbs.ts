import { isForEventHubs } from '../../../auth/sas-verifier.ts';
import type { IncomingHandler, IncomingLink, OutgoingHandler, OutgoingLink } from '../engine/application.ts';
import { int, textOf, type Value } from '../engine/codec/values.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { sendOrDetach } from '../send-or-detach.ts';
import type { Attachment, LinkHost, LinkRow } from './link-row.ts';

interface Reply {
  readonly status: number;
  readonly description: string;
}

const takeTokens = ({ host, link }: Attachment<IncomingLink>): IncomingHandler => {
  host.tokenLinks.add(link);
  return {
    message: (delivery) => {
      const messages = delivery.messages();
      delivery.accept();
      for (const message of messages) putToken(host, message);
    },
    detached: () => void host.tokenLinks.delete(link),
  };
};

const putToken = (host: LinkHost, message: AmqpMessage): void => {
  const answer = (reply: Reply): void => {
    const link = host.replyLink;
    if (link !== undefined) sendOrDetach(link, replyTo(message, reply), { tag: REPLY_TAG, isSettled: true });
  };
  if (textOf(message.applicationProperties?.get('operation')) !== 'put-token') {
    answer({ status: 400, description: 'The operation must be put-token.' });
    return;
  }
  const token = message.body.type === 'value' ? (textOf(message.body.value) ?? '') : '';
  host.takeToken(token, (error) =>
    answer(error === undefined ? success(token) : { status: error.status, description: error.text }),
  );
};

/** A hub's clients take 200 only, and the one of Event Hubs for Rust takes 202 only; each service answers what its own take. */
const success = (token: string): Reply =>
  isForEventHubs(token) ? { status: 202, description: 'Accepted' } : { status: 200, description: 'OK' };
const REPLY_TAG = Buffer.from('cbs');

/** The correlation id has the type that the client has chosen. */
const replyTo = ({ properties }: AmqpMessage, { status, description }: Reply): AmqpMessage => ({
  properties: { correlationId: properties?.messageId },
  applicationProperties: new Map<string, Value>([
    ['status-code', int(status)],
    ['status-description', description],
  ]),
  body: { type: 'value', value: null },
});

const giveReplies = ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => {
  host.replyLink = link;
  host.tokenLinks.add(link);
  return {
    detached: () => {
      host.tokenLinks.delete(link);
      if (host.replyLink === link) host.replyLink = undefined;
    },
  };
};

/**
 * Where clients send their tokens: OASIS AMQP Claims-based Security 1.0, working draft 5, §3.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#authentication
 */
export const CBS_LINKS: readonly LinkRow[] = [{ address: '$cbs', incoming: takeTokens, outgoing: giveReplies }];
