import { HubError } from '../../../protocol/errors.ts';
import type { IdentityKey } from '../../../protocol/identity-key.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Downlink } from '../../hub/messaging/session.ts';
import type { Log } from '../../log.ts';
import type { ClientConnection } from './broker/application.ts';
import type { Outgoing } from './broker/writer.ts';

/** The device or module that messages are sent to. */
interface Receiver {
  readonly hub: Hub;
  readonly key: IdentityKey;
  readonly connection: Pick<ClientConnection, 'publish'>;
  readonly log: Log;
}

type CloudToDevice = Extract<Downlink, { type: 'c2d' }>;

/** Bytes. [MQTT-1.5.3] limits every text. */
const LONGEST_TOPIC = 0xffff;

/**
 * Sends a message from the cloud. A PUBACK completes it; with QoS 0 it is complete once it is sent. MQTT can neither reject nor
 * abandon. https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-c2d
 */
export const sendMessage = (to: Receiver, { lockToken, isRedelivered }: CloudToDevice, outgoing: Outgoing): void => {
  if (Buffer.byteLength(outgoing.topic) > LONGEST_TOPIC) {
    rejectForDevice(to, lockToken);
    return;
  }
  const complete = (): void => settle(to, lockToken);
  to.connection.publish({ ...outgoing, isRedelivered }, complete);
  if (outgoing.qos === 0) complete();
};

const settle = ({ hub, key, log }: Receiver, lockToken: string): void => {
  try {
    hub.inbox.complete(key, lockToken);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    log.info('A message was acknowledged too late', {
      device: key,
      cause: error.text,
      remedy: 'acknowledge a message within 60 s; it is delivered again',
    });
  }
};

/** The topic contains all properties. */
const rejectForDevice = ({ hub, key, log }: Receiver, lockToken: string): void => {
  log.warn('Rejected a message in place of the device', {
    device: key,
    cause: `its properties need more than the ${LONGEST_TOPIC} bytes of an MQTT topic`,
    remedy: 'send fewer or shorter properties, or put them into the body',
  });
  hub.inbox.reject(key, lockToken);
};
