import type { IncomingHandler, IncomingLink, OutgoingHandler, OutgoingLink } from '../engine/application.ts';
import type { Attachment, LinkRow } from './link-row.ts';
import { feedbackLink, fileNotificationLink } from './notices.ts';

const sendToDevices = ({ host, link }: Attachment<IncomingLink>): IncomingHandler => {
  const leave = host.useAsService(link);
  return { message: (delivery) => host.sendToDevices(delivery), detached: leave };
};

const readNotices =
  (linkOf: typeof feedbackLink | typeof fileNotificationLink) =>
  ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => {
    const leave = host.useAsService(link);
    const notices = linkOf(host.hub, link);
    return {
      credit: () => notices.pull(),
      settled: (delivery, outcome) => notices.settled(delivery, outcome),
      detached: () => {
        notices.end();
        leave();
      },
    };
  };

/** The links of service apps. https://learn.microsoft.com/azure/iot-hub/iot-hub-amqp-support#service-client */
export const SERVICE_LINKS: readonly LinkRow[] = [
  { address: '/messages/devicebound', incoming: sendToDevices },
  { address: '/messages/servicebound/feedback', outgoing: readNotices(feedbackLink) },
  { address: '/messages/servicebound/filenotifications', outgoing: readNotices(fileNotificationLink) },
];
