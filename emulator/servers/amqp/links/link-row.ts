import type { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import type {
  IncomingDelivery,
  IncomingHandler,
  IncomingLink,
  OutgoingHandler,
  OutgoingLink,
} from '../engine/application.ts';
import type { EventHubs } from '../event-hubs/event-hubs.ts';
import type { AmqpSession } from '../session.ts';

/** What links need of their connection. */
export interface LinkHost {
  readonly hub: Hub;
  readonly eventHubs: EventHubs;
  /** The port that the peer has connected to; the usual one if that cannot be told. */
  readonly port: number;
  /** The link on which answers about tokens are sent. */
  replyLink: OutgoingLink | undefined;
  /** The links on which tokens are sent and answered. */
  readonly tokenLinks: Set<IncomingLink | OutgoingLink>;
  /** Takes a token; calls `done` once, now or later, with the error if it is refused. */
  takeToken(token: string, done: (error?: HubError) => void): void;
  /**
   * The session of a device or module, which begins with its first link; `names`: its ids. Throws AmqpError if the peer has
   * not proved that it is this device.
   */
  session(names: readonly string[], modelId: string | undefined): AmqpSession;
  /**
   * The link of a service app, which is detached when the app's token expires. Returns what to call when it has ended.
   * `resource`: what the token must be for. Throws HubError if the peer has not the right `ServiceConnect`.
   */
  useAsService(link: IncomingLink | OutgoingLink, resource?: 'address' | 'anything'): () => void;
  /** Takes messages of a service app for devices, and accepts them, or rejects them with the HubError that is thrown. */
  sendToDevices(delivery: IncomingDelivery): void;
}

/** A link that a peer wants to attach. */
export interface Attachment<L extends IncomingLink | OutgoingLink> {
  readonly host: LinkHost;
  readonly link: L;
  /** What is in the place of the names of the address, in their order. */
  readonly names: readonly string[];
}

/**
 * An address, and what happens when a peer attaches a link to it. Handlers throw HubError or AmqpError to refuse. Without a
 * handler for its direction a link is refused.
 */
export interface LinkRow {
  /** Such as `/devices/{device}/twin`: names in braces stand for any text, and letter case is ignored. */
  readonly address: string;
  /** The peer sends. */
  readonly incoming?: (attachment: Attachment<IncomingLink>) => IncomingHandler;
  /** The peer receives. */
  readonly outgoing?: (attachment: Attachment<OutgoingLink>) => OutgoingHandler;
}
