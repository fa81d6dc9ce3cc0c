import type {
  IncomingDelivery,
  IncomingHandler,
  IncomingLink,
  OutgoingHandler,
  OutgoingLink,
} from '../engine/application.ts';
import { textOf } from '../engine/codec/values.ts';
import { takeMethodAnswer } from '../inbound.ts';
import type { Output } from '../outbound.ts';
import type { AmqpSession } from '../session.ts';
import type { Attachment, LinkRow } from './link-row.ts';

const sessionOf = ({ host, names, link }: Attachment<IncomingLink | OutgoingLink>): AmqpSession =>
  host.session(names, textOf(link.properties.get('com.microsoft:model-id')));

/** A link on which a device or module sends. */
const from =
  (take: (session: AmqpSession, delivery: IncomingDelivery) => void) =>
  (attachment: Attachment<IncomingLink>): IncomingHandler => {
    const session = sessionOf(attachment);
    const { link } = attachment;
    session.add(link);
    return {
      message: (delivery) => take(session, delivery),
      detached: (ending) => session.remove(link, ending),
    };
  };

/** A link on which a device or module receives. */
const to =
  (output: Output) =>
  (attachment: Attachment<OutgoingLink>): OutgoingHandler => {
    const session = sessionOf(attachment);
    const { link } = attachment;
    session.add(link, output);
    return { detached: (ending) => session.remove(link, ending) };
  };

const cloudMessages = (attachment: Attachment<OutgoingLink>): OutgoingHandler => {
  const session = sessionOf(attachment);
  const { link } = attachment;
  const messages = session.addCloudMessages(link);
  return {
    credit: () => session.hub.inbox.pull(session),
    settled: (delivery, outcome) => messages.settled(delivery, outcome),
    detached: (ending) => {
      messages.end();
      session.remove(link, ending);
    },
  };
};

const telemetry = from((session, delivery) => session.receiveTelemetry(delivery));
const twinRequests = from((session, delivery) => session.receiveTwinRequest(delivery));
const methodAnswers = from((session, delivery) => session.receiveOther(delivery, takeMethodAnswer));

/** The links of devices and modules. https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#device-client */
export const DEVICE_LINKS: readonly LinkRow[] = [
  { address: '/devices/{device}/messages/events', incoming: telemetry },
  { address: '/devices/{device}/messages/devicebound', outgoing: cloudMessages },
  { address: '/devices/{device}/methods/devicebound', incoming: methodAnswers, outgoing: to('methods') },
  { address: '/devices/{device}/twin', incoming: twinRequests, outgoing: to('twin') },
  { address: '/devices/{device}/modules/{module}/messages/events', incoming: telemetry, outgoing: to('inputs') },
  { address: '/devices/{device}/modules/{module}/messages/devicebound', outgoing: cloudMessages },
  {
    address: '/devices/{device}/modules/{module}/methods/devicebound',
    incoming: methodAnswers,
    outgoing: to('methods'),
  },
  { address: '/devices/{device}/modules/{module}/twin', incoming: twinRequests, outgoing: to('twin') },
];
