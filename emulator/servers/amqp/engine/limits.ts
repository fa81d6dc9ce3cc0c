/** Limits for each peer. Sizes are in bytes, times in ms. */
export interface Limits {
  /** A frame of ours and of the peer, part 2 §2.7.1. */
  readonly frameSize: number;
  /**
   * A frame before the peer's open, the open itself included. The minimum of the specification is 512, but product names
   * in the properties of real opens are longer.
   */
  readonly frameSizeBeforeOpen: number;
  /** A SASL frame, part 5 §5.3.1: 512 would not hold a token as password. */
  readonly saslFrameSize: number;
  /** Challenges and responses after the peer's sasl-init. */
  readonly saslRounds: number;
  /** The smallest frame size that a peer may ask for, part 2 §2.8.19. */
  readonly leastFrameSize: number;
  /** Container id, host name, link name. */
  readonly nameLength: number;
  /** The highest channel number; channels begin at 0. */
  readonly channelMax: number;
  /** The highest link handle of a session. */
  readonly handleMax: number;
  readonly linksPerSession: number;
  /** Refused links count until the peer has detached them. */
  readonly linksPerConnection: number;
  /** Links of a peer that is not authorized yet; they can only lead to `$cbs` and `$management`. */
  readonly linksBeforeAuthorization: number;
  /** Transfer frames that a peer may send on a session without another flow of ours. */
  readonly incomingWindow: number;
  /** Default credit of incoming links. */
  readonly credit: number;
  /** Default size of the largest message on an incoming link. */
  readonly messageSize: number;
  /** Memory of all unfinished messages of a connection. */
  readonly unfinishedSize: number;
  readonly deliveryTagLength: number;
  /** Default number of deliveries on an outgoing link that are sent and not settled. */
  readonly unsettled: number;
  /** The same for all links of a connection together. */
  readonly unsettledPerConnection: number;
  /** Messages that wait for credit on a link, and their bytes. */
  readonly queued: number;
  readonly queuedSize: number;
  /** Bytes that the peer has not read: above this, queued messages are not sent. */
  readonly congested: number;
  /** Bytes that the peer has not read: above this, the connection is dropped. */
  readonly stuck: number;
  /** Bytes that a peer may still send after the connection was closed. */
  readonly ignored: number;
  readonly protocolHeaderMs: number;
  readonly openMs: number;
  readonly authorizationMs: number;
  /** How long a peer may send nothing; our open contains half of it (part 2 §2.4.5). */
  readonly idleMs: number;
  /** The shortest idle timeout that a peer may ask for. */
  readonly leastIdleMs: number;
  /** How long a peer may take to close its end after a close. */
  readonly closeMs: number;
}

const KB = 1024;
const MB = 1024 * KB;

export const LIMITS: Limits = {
  frameSize: 64 * KB,
  frameSizeBeforeOpen: 4 * KB,
  saslFrameSize: 4 * KB,
  saslRounds: 2,
  leastFrameSize: 512,
  nameLength: 512,
  channelMax: 1023,
  handleMax: 255,
  linksPerSession: 64,
  linksPerConnection: 4096,
  linksBeforeAuthorization: 4,
  incomingWindow: 2048,
  credit: 200,
  messageSize: MB,
  unfinishedSize: 4 * MB,
  deliveryTagLength: 32,
  unsettled: 5000,
  unsettledPerConnection: 50_000,
  queued: 1000,
  queuedSize: 4 * MB,
  congested: MB,
  stuck: 4 * MB,
  ignored: MB,
  protocolHeaderMs: 10_000,
  openMs: 10_000,
  authorizationMs: 30_000,
  idleMs: 480_000,
  leastIdleMs: 1000,
  closeMs: 1000,
};

/** Limits for the structure of values; beyond them, a frame or message does not decode. */
export const STRUCTURE = {
  /** Lists, maps, arrays and descriptors within one another. */
  depth: 16,
  /** Array items with an encoding of no bytes: without a limit, a frame of 26 bytes could contain 2^32 of them. */
  emptyItems: 1024,
  /** In one frame or message. */
  values: 100_000,
  fields: 32,
} as const;
