import type { AmqpApplication, AmqpConnection, Ending } from '../application.ts';
import type { Flow } from '../frames/performatives.ts';
import type { Outcome } from '../frames/states.ts';
import type { Limits } from '../limits.ts';
import type { Usage } from '../usage.ts';
import type { SendingEnd, SentDelivery } from './sent-delivery.ts';

/** A link as its session sees it when it ends. */
export interface EndingLink {
  readonly handle: number;
  /** Ours is detached; the peer's end still holds the handle. */
  detaching(ending: Ending): void;
}

/** What a link needs of its session. */
export interface LinkSession {
  readonly application: AmqpApplication;
  readonly connection: AmqpConnection;
  readonly limits: Limits;
  readonly usage: Usage;
  /** How many transfer frames may be sent now. */
  readonly sendable: number;
  writeFlow(flow: Partial<Flow>): void;
  /** Gives a delivery its id, and waits for its outcome. */
  begin(delivery: SentDelivery): void;
  /** Sends a frame of a delivery. */
  transfer(delivery: SentDelivery): void;
  /** A delivery is no longer waited for. */
  forget(delivery: SentDelivery): void;
  unsettledOf(link: SendingEnd): readonly SentDelivery[];
  /** Settles a delivery; `isReceiver` if it came from the peer. */
  acknowledge(id: number, isReceiver: boolean, outcome: Outcome): void;
  detach(link: EndingLink, ending: Ending): void;
  end(ending: Ending): void;
  /** Reports a mistake of the application. */
  fault(error: unknown): void;
}
