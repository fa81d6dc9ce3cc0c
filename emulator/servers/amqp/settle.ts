import { HubError } from '../../../protocol/errors.ts';
import { told } from './diagnostics.ts';
import type { IncomingDelivery } from './engine/application.ts';
import { amqpError } from './errors.ts';

/** How a delivery is settled. */
export interface Settling {
  /** Sends the outcome. */
  send(action: () => void): void;
  /** Called with anything but a HubError that is thrown. The peer is answered with ServerError. */
  onBug(error: unknown, subject: string): void;
}

/** Takes a message, and accepts it, or rejects it with the HubError that is thrown. */
export const settle = (delivery: IncomingDelivery, take: () => void, { send, onBug }: Settling): void => {
  const subject = delivery.link.address ?? '';
  try {
    take();
    told('SEND', subject, 'accepted');
    send(() => delivery.accept());
  } catch (error) {
    if (!(error instanceof HubError)) onBug(error, subject);
    const answer = error instanceof HubError ? error : new HubError('ServerError', 'An internal error occurred.');
    told('SEND', subject, 'rejected', answer.code);
    send(() => delivery.reject(amqpError(answer)));
  }
};
