import type { IncomingHandler, IncomingLink, OutgoingHandler, OutgoingLink } from '../engine/application.ts';
import { FeedbackLink } from './feedback.ts';
import type { Attachment, LinkRow } from './link-row.ts';

const sendToDevices = ({ host, link }: Attachment<IncomingLink>): IncomingHandler => {
  const leave = host.useAsService(link);
  return { message: (delivery) => host.sendToDevices(delivery), detached: leave };
};

const readFeedback = ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => {
  const leave = host.useAsService(link);
  const feedback = new FeedbackLink(host.hub, link);
  return {
    credit: () => feedback.pull(),
    settled: (delivery, outcome) => feedback.settled(delivery, outcome),
    detached: () => {
      feedback.end();
      leave();
    },
  };
};

/** Nothing comes from here: notifications are about uploaded files, which this hub does not have. */
const readFileNotifications = ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => ({
  detached: host.useAsService(link),
});

/** The links of service apps. https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#service-client */
export const SERVICE_LINKS: readonly LinkRow[] = [
  { address: '/messages/devicebound', incoming: sendToDevices },
  { address: '/messages/servicebound/feedback', outgoing: readFeedback },
  { address: '/messages/servicebound/filenotifications', outgoing: readFileNotifications },
];
