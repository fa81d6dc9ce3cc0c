import { HubError } from '../../../protocol/errors.ts';
import { type IdentityKey, keyOf, resourceOf } from '../../../protocol/identity-key.ts';
import type { Limits } from '../../../protocol/limits.ts';
import { ACKS, type Ack, type Message } from '../../../protocol/message.ts';
import { timeIn } from '../../kernel/clock.ts';
import { printable } from '../../kernel/printable.ts';
import { isAllowedName, isAllowedValue, LONGEST_TTL_MS, lateExpiry, unknownAck } from './delivery-guesses.ts';
import type { Locked, Queued } from './locked-queue.ts';
import { messageBytes } from './message-size.ts';

/** A message that waits for a device or module, or is being delivered. Its queue is the key of the identity. */
export type QueuedMessage = Queued<Message>;

/** A message that was handed out. */
export type Delivery = Locked<Message>;

/** How a message ended. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#message-feedback */
export type Outcome = 'Success' | 'Expired' | 'DeliveryCountExceeded' | 'Rejected' | 'Purged';

/**
 * How messages to devices are kept, as the hub's own properties say.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d#cloud-to-device-configuration-options
 */
export interface CloudToDeviceSettings {
  /** A message that is abandoned this often is dead-lettered. */
  readonly maxDeliveryCount: number;
  /** Of messages that do not say when they expire, ms. */
  readonly defaultTtlMs: number;
  /** How long a delivery may take, ms. */
  readonly lockMs: number;
  readonly feedback: FeedbackSettings;
}

export interface FeedbackSettings {
  readonly maxDeliveryCount: number;
  readonly ttlMs: number;
  readonly lockMs: number;
  /** Longest time between two batches while there is something to tell, ms. */
  readonly intervalMs: number;
  /** Records of a full batch. */
  readonly batchSize: number;
}

const HOUR_MS = 3_600_000;

/** The defaults of the service. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d */
export const CLOUD_TO_DEVICE: CloudToDeviceSettings = {
  maxDeliveryCount: 10,
  defaultTtlMs: HOUR_MS,
  lockMs: 60_000,
  feedback: { maxDeliveryCount: 10, ttlMs: HOUR_MS, lockMs: 60_000, intervalMs: 15_000, batchSize: 64 },
};

/** The address of the messages to an identity. */
export const devicebound = (key: IdentityKey): string => `/${resourceOf(key)}/messages/devicebound`;

const TO = /^(?:[a-z]+:\/\/[^/]*)?\/?devices\/([^/]+)(?:\/modules\/([^/]+))?\/messages\/devicebound\/?$/i;

/**
 * The identity that `to` names, such as `/devices/d1/messages/devicebound`; ids may be URL-encoded, as the SDK for Node sends
 * them. Throws ArgumentInvalid.
 */
export const targetOf = (to: string | undefined, isKnown: (key: IdentityKey) => boolean): IdentityKey => {
  const [, deviceId, moduleId] = TO.exec(to ?? '') ?? [];
  if (deviceId === undefined)
    throw new HubError('ArgumentInvalid', "The property 'to' must be /devices/{deviceId}/messages/devicebound.");
  const key = keyOf({ deviceId, moduleId });
  return isKnown(key) ? key : keyOf({ deviceId: decoded(deviceId), moduleId: moduleId && decoded(moduleId) });
};

/** Throws MessageTooLarge, ArgumentInvalid. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-construct */
export const checkMessage = (message: Message, { cloudToDeviceBytes }: Limits): void => {
  if (messageBytes(message) > cloudToDeviceBytes)
    throw new HubError('MessageTooLarge', `The message must not be larger than ${cloudToDeviceBytes} bytes.`);
  for (const [name, value] of Object.entries(message.properties)) {
    if (!isAllowedName(name))
      throw new HubError('ArgumentInvalid', `Invalid name of a message property: '${printable(name)}'`);
    if (!isAllowedValue(value))
      throw new HubError('ArgumentInvalid', `Invalid value of the message property '${name}'`);
  }
};

/** Which feedback the sender wants. Throws ArgumentInvalid. */
export const ackOf = ({ system: { ack = 'none' } }: Message): Ack => {
  const known = ACKS.find((name) => name === ack.toLowerCase());
  if (known === undefined) throw unknownAck(printable(ack));
  return known;
};

/** When a message expires that arrives `now`, in ms since 1970. Throws ArgumentInvalid. */
export const expiryOf = (
  { system: { expiryTimeUtc } }: Message,
  { now, defaultTtlMs }: { readonly now: number; readonly defaultTtlMs: number },
): number => {
  if (expiryTimeUtc === undefined || expiryTimeUtc === '') return now + defaultTtlMs;
  const time = timeIn(expiryTimeUtc);
  if (Number.isNaN(time)) throw new HubError('ArgumentInvalid', 'The expiry time of the message is not a valid time.');
  return Math.min(time <= now ? lateExpiry(now) : time, now + LONGEST_TTL_MS);
};

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
};
