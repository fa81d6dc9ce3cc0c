import type { OutgoingDelivery, OutgoingLink, SendOptions } from './engine/application.ts';
import { AmqpError } from './engine/errors.ts';
import type { Message as AmqpMessage } from './engine/message/message.ts';

/**
 * Sends a message. A link whose peer does not accept messages of this size is detached, so that the peer notices: returns
 * undefined then. What sends the message, such as the update of a twin, goes on.
 */
export const sendOrDetach = (
  link: OutgoingLink,
  message: AmqpMessage | Buffer,
  options: SendOptions,
): OutgoingDelivery | undefined => {
  try {
    return link.send(message, options);
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    link.detach(error);
    return undefined;
  }
};
