import type { HubError } from '../../../../protocol/errors.ts';
import type { Hub } from '../../../hub/hub.ts';
import { endpointNamed } from '../../../hub/routing/event-hub-name.ts';
import { int, long, numberOf, stringMap, textArray, textOf, timestamp, type Value } from '../engine/codec/values.ts';
import type { Message as AmqpMessage } from '../engine/message/message.ts';
import { partitionIn } from './entity.ts';

/** An answer of the management node; the body is a map. */
interface Answer {
  readonly status: number;
  readonly description: string;
  readonly body?: Readonly<Record<string, Value>>;
}

/**
 * Answers a request about an event hub or one of its partitions, with the error if there is one.
 * https://learn.microsoft.com/azure/event-hubs/event-hubs-management-libraries
 */
export const answerTo = (hub: Hub, request: AmqpMessage, error?: HubError): AmqpMessage => {
  const { status, description, body } = error === undefined ? answer(hub, request) : refused(error.status, error.text);
  return {
    properties: { correlationId: request.properties?.messageId },
    applicationProperties: new Map<string, Value>([
      ['status-code', int(status)],
      ['statusCode', int(status)],
      ['status-description', description],
      ['statusDescription', description],
    ]),
    body: { type: 'value', value: body === undefined ? null : stringMap(body) },
  };
};

const answer = (hub: Hub, { applicationProperties }: AmqpMessage): Answer => {
  const text = (name: string): string => textOf(applicationProperties?.get(name)) ?? '';
  const [operation, type, name] = [text('operation'), text('type'), text('name')];
  if (operation !== 'READ') return refused(400, `The operation ${operation} is not supported.`);
  const eventHub = endpointNamed(hub, name);
  if (eventHub === undefined) return refused(404, `The messaging entity '${name}' could not be found.`);
  if (type === 'com.microsoft:eventhub') return { ...FOUND, body: eventHubBody(hub, name) };
  if (type !== 'com.microsoft:partition') return refused(400, `The type ${type} is not supported.`);
  const given = applicationProperties?.get('partition');
  const id = textOf(given) ?? String(numberOf(given) ?? '');
  const partition = partitionIn(hub, id);
  // UNCERTAIN: the status of an unknown partition
  if (partition === undefined) return refused(404, `The partition '${id}' does not exist.`);
  return { ...FOUND, body: { name, type, partition: id, ...partitionBody(hub, { eventHub, partition }) } };
};

const FOUND = { status: 200, description: 'OK' } as const;

const refused = (status: number, description: string): Answer => ({ status, description });

const eventHubBody = ({ stream }: Hub, name: string): Readonly<Record<string, Value>> => ({
  name,
  type: 'com.microsoft:eventhub',
  created_at: timestamp(stream.createdAt),
  partition_count: int(stream.partitions),
  partition_ids: textArray(
    'string',
    Array.from({ length: stream.partitions }, (_, id) => String(id)),
  ),
  // not replicated; clients for Go reject an answer without it
  georeplication_factor: int(1),
});

const partitionBody = ({ stream }: Hub, name: Parameters<Hub['stream']['end']>[0]): Readonly<Record<string, Value>> => {
  const end = stream.end(name);
  const begin = stream.begin(name);
  return {
    ...NO_EPOCHS,
    begin_sequence_number: long(begin),
    last_enqueued_sequence_number: long(end.sequenceNumber),
    last_enqueued_offset: String(end.offset),
    last_enqueued_time_utc: timestamp(end.enqueuedAt),
    is_partition_empty: begin > end.sequenceNumber,
  };
};

/** Replicated event hubs have such. UNCERTAIN: the value elsewhere; the client for Rust only looks whether they are there. */
const NO_EPOCHS = { begin_sequence_number_epoch: int(-1), last_enqueued_sequence_number_epoch: int(-1) } as const;
