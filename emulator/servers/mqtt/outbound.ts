import type { IdentityKey } from '../../../protocol/identity-key.ts';
import { bagOfMessage } from '../../../protocol/message-bag.ts';
import { cloudToDevice, desiredPatch, methodRequest, moduleInput } from '../../../protocol/topics.ts';
import type { Capability, Downlink } from '../../hub/messaging/session.ts';

/** A downlink as an MQTT message, without the QoS, which is the subscription's. */
export interface Push {
  readonly capability: Capability;
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

/** https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub */
export const pushOf = (message: Downlink, key: IdentityKey): Push => {
  switch (message.type) {
    case 'desired':
      return { capability: 'desired', topic: desiredPatch(message.version), payload: JSON.stringify(message.patch) };
    case 'method':
      return {
        capability: 'methods',
        topic: methodRequest(message.methodName, message.requestId),
        payload: message.payload.text,
      };
    case 'c2d':
      return {
        capability: 'c2d',
        topic: cloudToDevice(key, bagOfMessage(message.message)),
        payload: message.message.body,
      };
    case 'input':
      return {
        capability: 'inputs',
        topic: moduleInput(key, message.input, bagOfMessage(message.message)),
        payload: message.message.body,
      };
    default:
      return message satisfies never;
  }
};
