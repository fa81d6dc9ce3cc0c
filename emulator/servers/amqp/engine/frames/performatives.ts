import { type Composed, Composite, mandatory, OneOf } from '../codec/composite.ts';
import { binary, boolean, fields, string, symbols, ubyte, uint, ulong, ushort } from '../codec/fields.ts';
import { error, outcomes } from './states.ts';
import { source, target } from './termini.ts';

/**
 * The nine performatives, OASIS AMQP 1.0 part 2, transport, §2.7. Every row is a field in its place:
 * https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html#section-performatives
 */

/** §2.7.1. A container id is mandatory there, but may be empty, as Java's is. */
export const open = new Composite('open', 0x10, {
  containerId: string,
  hostname: string,
  maxFrameSize: uint,
  channelMax: ushort,
  idleTimeout: uint,
  outgoingLocales: symbols,
  incomingLocales: symbols,
  offeredCapabilities: symbols,
  desiredCapabilities: symbols,
  properties: fields,
});

/** §2.7.2. */
export const begin = new Composite('begin', 0x11, {
  remoteChannel: ushort,
  nextOutgoingId: mandatory(uint),
  incomingWindow: mandatory(uint),
  outgoingWindow: mandatory(uint),
  handleMax: uint,
  offeredCapabilities: symbols,
  desiredCapabilities: symbols,
  properties: fields,
});

/** §2.7.3. `isReceiver` is the role of its sender (§2.8.1). */
export const attach = new Composite('attach', 0x12, {
  name: mandatory(string),
  handle: mandatory(uint),
  isReceiver: mandatory(boolean),
  senderSettleMode: ubyte,
  receiverSettleMode: ubyte,
  source,
  target,
  unsettled: fields,
  incompleteUnsettled: boolean,
  initialDeliveryCount: uint,
  maxMessageSize: ulong,
  offeredCapabilities: symbols,
  desiredCapabilities: symbols,
  properties: fields,
});

/** §2.7.4. */
export const flow = new Composite('flow', 0x13, {
  nextIncomingId: uint,
  incomingWindow: mandatory(uint),
  nextOutgoingId: mandatory(uint),
  outgoingWindow: mandatory(uint),
  handle: uint,
  deliveryCount: uint,
  linkCredit: uint,
  available: uint,
  drain: boolean,
  echo: boolean,
  properties: fields,
});

/** §2.7.5. */
export const transfer = new Composite('transfer', 0x14, {
  handle: mandatory(uint),
  deliveryId: uint,
  deliveryTag: binary,
  messageFormat: uint,
  isSettled: boolean,
  hasMore: boolean,
  receiverSettleMode: ubyte,
  state: outcomes,
  isResumed: boolean,
  isAborted: boolean,
  isBatchable: boolean,
});

/** §2.7.6. */
export const disposition = new Composite('disposition', 0x15, {
  isReceiver: mandatory(boolean),
  first: mandatory(uint),
  last: uint,
  isSettled: boolean,
  state: outcomes,
  isBatchable: boolean,
});

/** §2.7.7. */
export const detach = new Composite('detach', 0x16, { handle: mandatory(uint), isClosed: boolean, error });

/** §2.7.8. */
export const end = new Composite('end', 0x17, { error });

/** §2.7.9. */
export const close = new Composite('close', 0x18, { error });

/** What an AMQP frame may hold. */
export const performatives = new OneOf<
  | typeof open
  | typeof begin
  | typeof attach
  | typeof flow
  | typeof transfer
  | typeof disposition
  | typeof detach
  | typeof end
  | typeof close
>(open, begin, attach, flow, transfer, disposition, detach, end, close);

export type Open = Composed<typeof open>;
export type Begin = Composed<typeof begin>;
export type Attach = Composed<typeof attach>;
export type Flow = Composed<typeof flow>;
export type Transfer = Composed<typeof transfer>;
export type Disposition = Composed<typeof disposition>;
export type Detach = Composed<typeof detach>;
export type End = Composed<typeof end>;
export type Close = Composed<typeof close>;
export type Performative = Open | Begin | Attach | Flow | Transfer | Disposition | Detach | End | Close;
