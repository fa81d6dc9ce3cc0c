import type { Fields } from './codec/values.ts';
import type { AmqpError } from './errors.ts';
import type { Outcome } from './frames/states.ts';
import type { Source, Target } from './frames/termini.ts';
import type { Message } from './message/message.ts';

/**
 * What the engine asks of the program behind it. Each connection has an application object of its own, which can store what
 * it learns about its peer. The engine calls all methods synchronously while it handles input. If a method throws AmqpError,
 * the peer gets that error for the connection, link or delivery that the call was about. Any other error closes the
 * connection with `amqp:internal-error` and is reported as a fault.
 */
export interface AmqpApplication {
  /** The peer authenticates by SASL; returns true to accept it. Not called for peers that do not use SASL. */
  authenticate(attempt: SaslAttempt): boolean | Promise<boolean>;
  /**
   * The peer has opened the connection. Call `connection.authorize()` here if it does not need a token. Until that call the
   * peer can only attach links to `$cbs`, and the connection is closed after 30 seconds. Throws AmqpError to close it.
   */
  opened(connection: AmqpConnection): void;
  /** The peer wants to send. Throws AmqpError to refuse the link; returns undefined to answer by `link.answer`. */
  attachIncoming(link: IncomingLink): IncomingHandler | undefined;
  /** The peer wants to receive. Throws AmqpError to refuse the link; returns undefined to answer by `link.answer`. */
  attachOutgoing(link: OutgoingLink): OutgoingHandler | undefined;
  /** Called once when the connection has ended for any reason, after `detached` of all its links. */
  closed(ending: Ending): void;
}

/** What a peer says by SASL. `hostname` is the name of the host that the peer wants to reach. */
export type SaslAttempt =
  | { readonly mechanism: 'MSSBCBS' | 'EXTERNAL' | 'ANONYMOUS'; readonly hostname: string | undefined }
  | {
      readonly mechanism: 'PLAIN';
      readonly hostname: string | undefined;
      readonly username: string;
      readonly password: string;
    };

/** Who ended a link or a connection, and why. `network`: the connection was lost. */
export interface Ending {
  readonly by: 'peer' | 'application' | 'engine' | 'network';
  readonly error?: AmqpError | undefined;
}

/** What a peer says about itself in its open, part 2 §2.7.1. Some clients leave the container id empty. */
export interface Peer {
  readonly containerId: string;
  /** The name of the host that the peer wants to reach. */
  readonly hostname: string | undefined;
  readonly properties: Fields;
}

export interface AmqpConnection {
  readonly peer: Peer;
  readonly isAuthorized: boolean;
  /** The peer has proved its identity: from now on it may attach links to any address. */
  authorize(): void;
  /** Sends a close with the reason, and ends the connection within a second. */
  close(error?: AmqpError): void;
  /** Ends the connection at once, without a close. */
  destroy(): void;
  /** Ignores the peer and sends nothing from now on; the connection stays open until the peer ends it. */
  mute(): void;
}

interface Link<Handler> {
  readonly connection: AmqpConnection;
  readonly name: string;
  /** The node that the peer sends to or receives from; undefined if it names none. */
  readonly address: string | undefined;
  readonly source: Source | undefined;
  readonly target: Target | undefined;
  /** Properties of the peer's attach. */
  readonly properties: Fields;
  readonly desiredCapabilities: readonly string[];
  readonly isAttached: boolean;
  /**
   * Answers the attach, now or later, if it was not answered: calls `open`, which accepts the link or throws AmqpError to
   * refuse it. Does nothing on a link that was answered or has ended.
   */
  answer(open: () => Handler): void;
  /** Detaches and closes the link. */
  detach(error?: AmqpError): void;
  /** Ends the session that the link belongs to, with all its links. */
  endSession(error?: AmqpError): void;
}

/** A link on which the peer sends. */
export interface IncomingLink extends Link<IncomingHandler> {
  readonly direction: 'incoming';
}

/** A link on which the peer receives. */
export interface OutgoingLink extends Link<OutgoingHandler> {
  readonly direction: 'outgoing';
  /** True if the peer wants settled deliveries: it never sends an outcome. */
  readonly settlesOnSend: boolean;
  /** How many messages can be sent at once: at most the peer's credit. */
  readonly available: number;
  /**
   * Sends a message, or bytes that `encodeMessage` has made once for all readers. Without credit the message waits in the
   * queue of this link; a link whose queue is full is detached. Does nothing on a link that has ended. Throws AmqpError
   * `amqp:link:message-size-exceeded` if the peer does not accept messages of this size.
   */
  send(message: Message | Buffer, options: SendOptions): OutgoingDelivery;
}

export interface SendOptions {
  /** At most 32 bytes, else RangeError; unique among the unsettled deliveries of the link. */
  readonly tag: Buffer;
  /** A section for this reader only, made by `encodeDeliveryAnnotations`; sent before the bytes of the message. */
  readonly deliveryAnnotations?: Buffer;
  readonly isSettled?: boolean;
}

/** What an application returns for a link that it accepts. */
interface HandlerBase {
  /** Properties of our attach. */
  readonly properties?: Fields;
  readonly offeredCapabilities?: readonly string[];
  /** Called once when the link has ended for any reason. Deliveries that are not settled by then get no outcome. */
  detached?(ending: Ending): void;
}

export interface IncomingHandler extends HandlerBase {
  /** How many deliveries the peer may have sent that are not settled; default 200. */
  readonly credit?: number;
  /** Size of the largest message that is accepted, in bytes; default 1 MB. */
  readonly maxMessageSize?: number;
  /** A delivery has arrived. Settle it now or later; throws AmqpError to reject it. */
  message(delivery: IncomingDelivery): void;
}

export interface OutgoingHandler extends HandlerBase {
  /** How many deliveries may be sent and not settled; default 5,000. */
  readonly maxUnsettled?: number;
  /** `link.available` has grown. If `isDraining`, the credit that is left when this returns is used up. */
  credit?(link: OutgoingLink, isDraining: boolean): void;
  /**
   * The peer has sent the outcome of a delivery. A peer with receiver settle mode `second` gets an answer: the same outcome,
   * or `rejected` if this throws AmqpError.
   */
  settled?(delivery: OutgoingDelivery, outcome: Outcome): void;
}

/** A message from the peer. Its buffers are views of larger ones that arrived: copy what you keep. */
export interface IncomingDelivery {
  readonly link: IncomingLink;
  readonly tag: Buffer;
  readonly format: number;
  /** The encoded message. */
  readonly payload: Buffer;
  /** True if the peer cannot get an outcome any more. */
  readonly isSettled: boolean;
  /** The decoded message, or those of a batch. Throws DecodeError; the engine then closes the connection. */
  messages(): readonly Message[];
  accept(): void;
  reject(error: AmqpError): void;
  release(): void;
  settle(outcome: Outcome): void;
}

export interface OutgoingDelivery {
  readonly tag: Buffer;
  /** True while an outcome is expected. */
  readonly isPending: boolean;
  /** Stops waiting for the outcome, and ignores it if it still comes. */
  forget(): void;
}
