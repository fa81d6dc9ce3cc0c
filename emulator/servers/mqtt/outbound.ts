import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { BAG_NAMES, type Message } from '../../../protocol/message.ts';
import { formatBag } from '../../../protocol/property-bag.ts';
import { cloudToDevice, desiredPatch, type Feature, methodRequest, moduleInput } from '../../../protocol/topics.ts';
import type { Downlink } from '../../hub/sessions.ts';

/** A downlink as MQTT says it, without the QoS, which is the subscription's. */
export interface Push {
  readonly feature: Feature;
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/** https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub */
export const pushOf = (message: Downlink, key: IdentityKey): Push => {
  switch (message.type) {
    case 'desired':
      return { feature: 'desired', topic: desiredPatch(message.version), payload: JSON.stringify(message.patch) };
    case 'method':
      return {
        feature: 'methods',
        topic: methodRequest(message.methodName, message.requestId),
        payload: JSON.stringify(message.payload),
      };
    case 'c2d':
      return { feature: 'c2d', topic: cloudToDevice(key, bagOf(message.message)), payload: message.message.body };
    case 'input':
      return {
        feature: 'inputs',
        topic: moduleInput(key, message.input, bagOf(message.message)),
        payload: message.message.body,
      };
    default:
      return message satisfies never;
  }
};

const SHORT: ReadonlyMap<string, string> = new Map(Object.entries(BAG_NAMES).map(([short, name]) => [name, short]));

const bagOf = ({ system, application }: Message): string =>
  formatBag([
    ...Object.entries(application),
    ...Object.entries(system).map(([name, value]) => [SHORT.get(name) ?? name, value] as const),
  ]);
