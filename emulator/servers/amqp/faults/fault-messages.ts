import type { IdentityKey } from '../../../../protocol/identity-key.ts';
import type { Severed } from '../../faults/sdk-fault-types.ts';
import { readFault, SDK_FAULT, type SdkFault, type SdkFaults } from '../../faults/sdk-faults.ts';
import type { IncomingDelivery } from '../engine/application.ts';
import { type Fields, numberOf, textOf } from '../engine/codec/values.ts';
import { decodeMessage } from '../engine/message/decode.ts';
import { type DeviceLinks, sever } from './sever.ts';

/** The session of the device that asks. */
interface Asking {
  readonly key: IdentityKey;
  readonly protocol: string;
  readonly links: DeviceLinks;
}

/** True if telemetry asks for a fault, which then happens. The message itself is accepted. */
export const takeFaultMessage = (delivery: IncomingDelivery, asking: Asking, faults: SdkFaults): boolean => {
  const { key, protocol } = asking;
  const fault = faultIn(delivery, protocol);
  if (fault === undefined || !faults.admit(key)) return false;
  delivery.accept();
  const target = { key, protocol, sever: (part: Severed, reason: string) => sever(part, reason, asking.links) };
  setImmediate(() => faults.inject(fault, target)); // when the outcome is sent
  return true;
};

/** The SDK for C asks by properties of a batch, not of a message in it. */
const faultIn = (delivery: IncomingDelivery, protocol: string): SdkFault | undefined => {
  if (!delivery.payload.includes(SDK_FAULT)) return undefined;
  for (const { applicationProperties } of [decodeMessage(delivery.payload), ...delivery.messages()]) {
    const fault = readFault(textsIn(applicationProperties), protocol);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** The SDK for Node sends numbers as numbers. */
const textsIn = (properties: Fields = new Map()): Record<string, string> =>
  Object.fromEntries(Array.from(properties, ([name, value]) => [name, textOf(value) ?? String(numberOf(value) ?? '')]));
