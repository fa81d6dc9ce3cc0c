import { AmqpError } from '../errors.ts';
import type { Disposition } from '../frames/performatives.ts';
import type { Outcome } from '../frames/states.ts';
import { isBefore } from '../serial.ts';
import { freeing, type SessionHost } from './session-host.ts';
import type { Unsettled } from './unsettled.ts';

/** What settling needs of a session. */
interface SettlingSession {
  readonly host: SessionHost;
  readonly unsettled: Unsettled;
  acknowledge(id: number, isReceiver: boolean, outcome: Outcome): void;
}

/**
 * Handles a disposition, part 2 §2.7.6. Dispositions of a peer as sender are ignored: we settle what we receive when we send
 * the outcome. Throws AmqpError for a range that is not valid.
 */
export const settle = (session: SettlingSession, disposition: Disposition): void => {
  const { isReceiver, first, last = first, isSettled = false, state } = disposition;
  if (!isReceiver) return;
  if (isBefore(last, first))
    throw new AmqpError('amqp:invalid-field', `A disposition cannot end at ${last} if it begins at ${first}`);
  const outcome = state?.type === 'received' ? undefined : state;
  if (outcome === undefined && !isSettled) return;
  freeing(session.host, () => {
    for (const delivery of session.unsettled.between(first, last)) {
      if (!delivery.isPending) continue; // the application has ended its link meanwhile
      const answer = delivery.link.settled(delivery, outcome ?? delivery.link.defaultOutcome);
      if (!isSettled) session.acknowledge(delivery.id, false, answer);
    }
  });
};
