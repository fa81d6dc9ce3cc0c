import { HubError } from '../../../../protocol/errors.ts';
import { BUILT_IN_ENDPOINT } from '../../../../protocol/routing.ts';
import type { Hub } from '../../../hub/hub.ts';
import { endpointNamed, eventHubName } from '../../../hub/routing/event-hub-name.ts';
import { segmentsOf } from '../address.ts';
import type { IncomingHandler, IncomingLink, OutgoingHandler, OutgoingLink } from '../engine/application.ts';
import { int, numberOf, textOf, type Value } from '../engine/codec/values.ts';
import { AmqpError } from '../engine/errors.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { partitionIn } from '../event-hubs/entity.ts';
import { EventReader } from '../event-hubs/event-reader.ts';
import { demandWithin, startPosition } from '../event-hubs/start-position.ts';
import type { Attachment, LinkRow } from './link-row.ts';

const notFound = (name: string): AmqpError =>
  new AmqpError('amqp:not-found', `The messaging entity '${name}' could not be found.`);

/** Throws AmqpError. */
const demandEventHub = (hub: Hub, name: string): string => {
  const eventHub = endpointNamed(hub, name);
  if (eventHub !== undefined) return eventHub;
  throw notFound(name);
};

/** What the address of a reader names. Throws AmqpError. */
const placeOf = (hub: Hub, [name = '', group = '', id = '']: readonly string[]) => {
  const eventHub = demandEventHub(hub, name);
  // UNCERTAIN: the condition for an unknown consumer group
  if (!hub.stream.hasConsumerGroup(group)) throw notFound(`${name}/ConsumerGroups/${group}`);
  const partition = partitionIn(hub, id);
  if (partition === undefined)
    throw new AmqpError(
      'com.microsoft:argument-out-of-range',
      `The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and ${hub.stream.partitions - 1}.`,
    );
  return { eventHub, partition, key: `${eventHub}/${group.toLowerCase()}/${partition}` };
};

const readEvents = ({ host, link, names }: Attachment<OutgoingLink>): OutgoingHandler => {
  const { hub, eventHubs } = host;
  const { key, ...name } = placeOf(hub, names);
  const position = startPosition(link.source?.filter);
  demandWithin(position, hub.stream.end(name));
  const leave = host.useAsService(link);
  const reader = {
    epoch: numberOf(link.properties.get('com.microsoft:epoch')),
    detach: (error: AmqpError) => link.detach(error),
  };
  try {
    eventHubs.readers.add(key, reader);
  } catch (error) {
    leave();
    throw error;
  }
  const { stream, clock } = hub;
  const shared = { stream, encoded: eventHubs.encoded, now: () => clock.now() };
  const isThere = (): boolean => name.eventHub === BUILT_IN_ENDPOINT || hub.router.eventHubs.includes(name.eventHub);
  const refusal = (): AmqpError | undefined => (isThere() ? undefined : notFound(name.eventHub));
  const events = new EventReader(shared, { name, position, refusal }, link);
  return {
    credit: () => events.pump(),
    detached: () => {
      events.end();
      eventHubs.readers.remove(key, reader);
      leave();
    },
  };
};

/** Clients for Java send their token with a request, and attach this link before they have sent any. */
const takeRequests = ({ host, link }: Attachment<IncomingLink>): IncomingHandler => {
  let leave: (() => void) | undefined;
  const enter = (): HubError | undefined => {
    try {
      leave ??= host.useAsService(link, 'anything');
      return undefined;
    } catch (error) {
      if (error instanceof HubError) return error;
      throw error;
    }
  };
  const take = (request: AmqpMessage): void => {
    const token = textOf(request.applicationProperties?.get('security_token'));
    const answer = (error = enter()): void => host.eventHubs.manage(link.connection, request, error);
    if (leave !== undefined || token === undefined) answer();
    else host.takeToken(token, answer);
  };
  return {
    message: (delivery) => {
      const requests = delivery.messages();
      delivery.accept();
      for (const request of requests) take(request);
    },
    detached: () => leave?.(),
  };
};

const giveAnswers = ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => ({
  detached: host.eventHubs.addReplyLink(link),
});

/** Policies of a hub have no right to send to its event hubs. UNCERTAIN: the condition. */
const refuseToSend = ({ host, names: [name = ''] }: Attachment<IncomingLink>): IncomingHandler => {
  demandEventHub(host.hub, name);
  throw new AmqpError(
    'amqp:unauthorized-access',
    "Unauthorized access. 'Send' claim(s) are required to perform this operation.",
  );
};

/**
 * Clients that know only the hub ask here where its event hub is. They cut the port off with `:`, so it must be there.
 * https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-read-builtin
 */
const redirect = ({ host, link }: Attachment<OutgoingLink>): OutgoingHandler => {
  host.useAsService(link)();
  const { hub } = host;
  const name = (link.connection.peer.hostname ?? hub.hostName).replace(/:\d+$/, '');
  const rest = segmentsOf(link.address ?? '').slice(2);
  const address = `amqps://${name}:${host.port}/${[eventHubName(hub, BUILT_IN_ENDPOINT), ...rest].join('/')}`;
  throw new AmqpError(
    'amqp:link:redirect',
    `The event hub is at ${address}`,
    new Map<string, Value>([
      ['hostname', name],
      ['network-host', name],
      ['port', int(host.port)],
      ['address', address],
    ]),
  );
};

/** The Event Hubs-compatible endpoint. https://learn.microsoft.com/azure/event-hubs/event-hubs-amqp-protocol-guide */
export const EVENT_HUB_LINKS: readonly LinkRow[] = [
  { address: '/messages/events', outgoing: redirect },
  { address: '/messages/events/{node}', outgoing: redirect },
  { address: '/messages/events/ConsumerGroups/{group}/Partitions/{partition}', outgoing: redirect },
  { address: '/{hub}/ConsumerGroups/{group}/Partitions/{partition}', outgoing: readEvents },
  { address: '/{hub}/$management', incoming: takeRequests, outgoing: giveAnswers },
  { address: '$management', incoming: takeRequests, outgoing: giveAnswers },
  { address: '/{hub}', incoming: refuseToSend },
  { address: '/{hub}/Partitions/{partition}', incoming: refuseToSend },
];
