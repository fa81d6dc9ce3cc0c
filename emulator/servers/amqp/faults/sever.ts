import type { Severed, SeveredLink } from '../../faults/sdk-fault-types.ts';
import { segmentsOf } from '../address.ts';
import type { IncomingLink, OutgoingLink } from '../engine/application.ts';
import { AmqpError } from '../engine/errors.ts';

type AnyLink = IncomingLink | OutgoingLink;

/** The links of a device, and those on which its connection gets tokens. */
export interface DeviceLinks {
  readonly own: readonly AnyLink[];
  readonly token: readonly AnyLink[];
}

/** UNCERTAIN: the condition. After this one all SDKs connect again; the one for Node does not after other ones. */
const CONDITION = 'amqp:link:detach-forced';

/** Ends the connection of a device, or a part of it. */
export const sever = (part: Severed, reason: string, { own, token }: DeviceLinks): void => {
  const error = new AmqpError(CONDITION, reason);
  const connection = own[0]?.connection;
  switch (part) {
    case 'tcp':
      connection?.destroy();
      break;
    case 'connection':
      connection?.close(error);
      break;
    case 'shutdown':
      connection?.close();
      break;
    case 'session':
      for (const link of own) link.endSession(error);
      break;
    default:
      for (const link of [...own, ...token]) if (isMeant(link, part)) link.detach(error);
  }
};

const isMeant = ({ direction, address = '' }: AnyLink, part: SeveredLink): boolean =>
  (direction === 'incoming') === (part.from === 'device') &&
  segmentsOf(address).join('/').toLowerCase().endsWith(part.address);
